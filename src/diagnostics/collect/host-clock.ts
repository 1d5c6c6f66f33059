import {existsSync} from 'node:fs'
import {readProcessStat} from '../../shared/proc.ts'
import {askProgram} from '../../shared/programs.ts'
import type {HostClock} from '../facts/host.ts'
import type {Collector} from '../live-facts.ts'
import {isLiving, mainSighting, recordOf} from '../sighting.ts'

/** USER_HZ, which Linux fixes for /proc on every machine that Node runs on. */
const msPerTick = 10

/**
 * Whether the clock is right, by whoever keeps it, and whether it was moved since the runtime started: two start times
 * in ticks from boot are as far apart as the same two by the wall clock, unless somebody moved that.
 */
export const hostClock: Collector<'host.clock'> = {
  kind: 'host.clock',
  timeoutMs: 3000,
  async collect(_about, {signal, clock, facts}) {
    const runtime = await facts.get('runtime.record')
    const sighting = runtime.state === 'known' ? mainSighting(runtime.value) : undefined
    const record = sighting && isLiving(sighting) ? recordOf(sighting) : null
    const own = readProcessStat(process.pid)
    const wallMs = clock.wallMs()
    const ownStart = wallMs - process.uptime() * 1000
    const movedMs =
      record && own
        ? Math.round(ownStart - (own.startTicks - record.startTicks) * msPerTick - Date.parse(record.startedAt))
        : null
    return {state: 'known', value: {movedMs, wallMs, ...(await synchronization(signal))}}
  },
}

async function synchronization(signal: AbortSignal): Promise<Pick<HostClock, 'synchronized' | 'by'>> {
  if (existsSync('/run/systemd/timesync/synchronized')) return {synchronized: true, by: 'systemd-timesyncd'}
  if (!existsSync('/run/systemd/system')) return {synchronized: null, by: null}
  const answer = await askProgram('timedatectl', {signal, timeoutMs: 2000})
  if (answer.state !== 'known') return {synchronized: null, by: null}
  return {synchronized: answer.stdout.trim() === 'yes', by: 'timedatectl'}
}
