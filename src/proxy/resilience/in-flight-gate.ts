import type {CancelListener, CancelSignal} from '../../mcp/cancel-source.ts'

export type Entry = 'in' | 'full' | 'late' | 'cancelled'

/**
 * At most so many calls on their way to one backend; a few more wait their turn, within their deadline. Beyond that a call
 * is refused at once: a queue that cannot be worked off only makes all of its calls late.
 */
export class InFlightGate {
  #max: number
  #maxQueue: number
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
    const waiter = new Waiter(this.#queue, timeoutMs, signal)
    return waiter.entry
  }

  leave(): void {
    this.#inFlight--
    this.#letIn()
  }

  /** Other limits from now on; those on their way stay, and those that wait go on waiting. */
  resize(max: number, maxQueue: number): void {
    this.#max = max
    this.#maxQueue = maxQueue
    this.#letIn()
  }

  #letIn(): void {
    for (const waiter of this.#queue) {
      if (this.#inFlight >= this.#max) return
      this.#inFlight++
      waiter.settle('in')
    }
  }
}

/** One call that waits; it leaves the queue once, for whatever reason. */
class Waiter implements CancelListener {
  readonly entry: Promise<Entry>
  readonly #queue: Set<Waiter>
  readonly #signal: CancelSignal | undefined
  readonly #timer: NodeJS.Timeout
  #resolve: (entry: Entry) => void = () => {}

  constructor(queue: Set<Waiter>, timeoutMs: number, signal: CancelSignal | undefined) {
    this.#queue = queue
    this.#signal = signal
    this.entry = new Promise(resolve => {
      this.#resolve = resolve
    })
    this.#timer = setTimeout(() => this.settle('late'), timeoutMs)
    queue.add(this)
    if (signal?.aborted === true) this.settle('cancelled')
    else signal?.listen(this)
  }

  onCancel(): void {
    this.settle('cancelled')
  }

  settle(entry: Entry): void {
    if (!this.#queue.delete(this)) return
    clearTimeout(this.#timer)
    this.#signal?.unlisten(this)
    this.#resolve(entry)
  }
}
