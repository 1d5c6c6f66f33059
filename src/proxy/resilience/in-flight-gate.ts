import type {CancelSignal} from '../../mcp/cancel-source.ts'

export type Entry = 'in' | 'full' | 'late' | 'cancelled'

interface Waiter {
  readonly settle: (entry: Entry) => void
}

/**
 * At most so many calls on their way to one backend; a few more wait their turn, within their deadline. Beyond that a call
 * is refused at once: a queue that cannot be worked off only makes all of its calls late.
 */
export class InFlightGate {
  readonly #max: number
  readonly #maxQueue: number
  readonly #queue = new Set<Waiter>()
  #inFlight = 0

  constructor(max: number, maxQueue: number) {
    this.#max = max
    this.#maxQueue = maxQueue
  }

  get queued(): number {
    return this.#queue.size
  }

  /** Takes a place without waiting. @returns false where all are taken, or others wait for one */
  tryEnter(): boolean {
    if (this.#inFlight >= this.#max || this.#queue.size > 0) return false
    this.#inFlight++
    return true
  }

  /** Waits for a place. Only after `in` there is one, to be given back with `leave`. */
  enter(timeoutMs: number, signal: CancelSignal | undefined): Promise<Entry> {
    if (this.#queue.size >= this.#maxQueue) return Promise.resolve('full')
    return new Promise(resolve => {
      const settle = (entry: Entry): void => {
        if (!this.#queue.delete(waiter)) return
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
        resolve(entry)
      }
      const waiter: Waiter = {settle}
      const onAbort = (): void => settle('cancelled')
      const timer = setTimeout(() => settle('late'), timeoutMs)
      this.#queue.add(waiter)
      if (signal?.aborted === true) return onAbort()
      signal?.addEventListener('abort', onAbort, {once: true})
    })
  }

  leave(): void {
    this.#inFlight--
    for (const waiter of this.#queue) {
      this.#inFlight++
      waiter.settle('in')
      return
    }
  }
}
