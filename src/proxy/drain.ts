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
  while (ledger.inFlight > 0 && clock.now() < until - childGraceMs)
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
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
