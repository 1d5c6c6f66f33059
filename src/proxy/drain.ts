import {killOwned} from '../mcp/sweep.ts'
import type {Assembly} from './assemble.ts'
import type {Listeners} from './listeners.ts'
import type {RuntimeParts} from './runtime-parts.ts'

export interface DrainOptions {
  readonly reason: string
  readonly parts: RuntimeParts
  readonly inside: Assembly
  readonly listeners: Listeners
  /** For all of it. */
  readonly shutdownTimeoutMs: number
  /** Closes what clients, scrapers and consoles are connected to. */
  readonly closeAll: () => void
}

const lookEveryMs = 20
/**
 * So long connections that were kept alive stay open: a load balancer may be sending on them, and gets an answer that says
 * `connection: close` instead of a reset. In that time each one that is in use has been used.
 */
const lingerMs = 250

/** Lets what is in flight end, then ends the children, then closes everything but the log. */
export async function drain(options: DrainOptions): Promise<void> {
  const {reason, inside, listeners, shutdownTimeoutMs, closeAll} = options
  const {clock, log, events, ledger, shared, instance} = options.parts
  const until = clock.now() + shutdownTimeoutMs
  log.write({
    level: 'INFO',
    module: 'runtime',
    kind: 'Draining',
    message: 'no new requests, waiting for those in flight',
    pairs: {reason, in_flight: ledger.inFlight},
  })
  events.emit({type: 'lifecycle', what: 'draining', message: reason})
  listeners.stopAccepting()
  inside.sessions.endStreams()
  // Children get the last part of the time, requests in flight what comes before.
  const childGraceMs = Math.min(2000, shutdownTimeoutMs / 2)
  const lingerUntil = clock.now() + Math.min(lingerMs, shutdownTimeoutMs / 4)
  while (await isBusy(options, lingerUntil)) {
    if (clock.now() >= until - childGraceMs) break
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
  }
  listeners.closeIdle()
  await inside.stop()
  shared?.close()
  await inside.stopServers(Math.max(100, Math.min(childGraceMs, until - clock.now())))
  const left = killOwned(instance)
  log.write({
    level: 'INFO',
    module: 'runtime',
    kind: 'Stopped',
    message: 'the runtime has ended',
    pairs: {reason, cut_off: ledger.inFlight, killed_leftovers: left.length},
  })
  events.emit({type: 'lifecycle', what: 'stopped', message: reason})
  closeAll()
  // What was cut off closes now, and is a row too.
  await new Promise(resolve => setImmediate(resolve))
  await options.parts.close(Math.max(500, until - clock.now()))
}

async function isBusy({parts, listeners}: DrainOptions, lingerUntil: number): Promise<boolean> {
  if (parts.ledger.inFlight > 0) return true
  return parts.clock.now() < lingerUntil && (await listeners.connections()) > 0
}
