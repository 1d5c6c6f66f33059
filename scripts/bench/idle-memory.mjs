/** Resident memory of our runtime with many configured HTTP servers of ten tools each, and no client. */
import {setTimeout as delay} from 'node:timers/promises'
import {startProxy} from '../../test/conformance/running-proxy.ts'
import {rssMiB} from './process-figures.mjs'

export const CONFIGURED_SERVERS = 100
const SETTLE_MS = 5_000

/** MiB after five quiet seconds. */
export async function idleRssMiB(backendUrl) {
  const servers = Array.from({length: CONFIGURED_SERVERS}, (_, index) => ({
    id: `server-${index}`,
    prefix: `s${index}`,
    endpoint: new URL('/few', backendUrl).href,
  }))
  const proxy = await startProxy(servers)
  try {
    await delay(SETTLE_MS)
    return rssMiB(proxy.pid)
  } finally {
    await proxy.stop()
  }
}
