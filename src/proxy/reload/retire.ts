import type {Backend} from '../backend.ts'

export interface RetireOptions {
  readonly now: () => number
  /** How long a process has to end by itself. */
  readonly graceMs: number
  /** Ends what else holds connections to it. */
  readonly release: (backend: Backend) => Promise<void>
  /** It does not wait any longer: the runtime ends. */
  readonly hurry: AbortSignal
}

const lookEveryMs = 25

/**
 * Lets a server that is no longer configured finish what was begun with it, and stops it. Nothing new reaches it: a call
 * that was on its way has at most the server's own deadline.
 * @returns calls that were cut off
 */
export async function retire(backend: Backend, options: RetireOptions): Promise<number> {
  const until = options.now() + backend.timeoutMs
  while (inUse(backend) > 0 && options.now() < until && !options.hurry.aborted)
    await new Promise(resolve => setTimeout(resolve, lookEveryMs))
  const cutOff = inUse(backend)
  await options.release(backend)
  await backend.stop(options.graceMs)
  return cutOff
}

function inUse({claims, inFlight, queued}: Backend): number {
  return Math.max(claims, inFlight + queued)
}
