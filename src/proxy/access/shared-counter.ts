/** Counts that several runtimes share. */
export interface SharedCounter {
  /**
   * Counts one hit. Rejects, within a deadline of its own, when the counter cannot be reached.
   * @returns the hits of `key` in the current window, this one included
   */
  hit(key: string, windowMs: number): Promise<number>
}

const maxKeys = 10_000

/** How long a count over the limit holds before one request asks again. */
const holdMs = 1_000

/**
 * A limit over all instances that costs a request no wait: each hit is counted beside it, and its outcome holds for those
 * that follow. So a frozen counter delays nobody, and an instance lets through at most what is on its way.
 */
export class SharedLimit {
  readonly #counter: SharedCounter
  readonly #limit: number
  readonly #windowMs: number
  readonly #now: () => number
  readonly #closedUntil = new Map<string, number>()

  constructor(counter: SharedCounter, limit: number, windowMs: number, now: () => number) {
    this.#counter = counter
    this.#limit = limit
    this.#windowMs = windowMs
    this.#now = now
  }

  /** Counts a request. @returns 0 to let it through, else milliseconds to wait */
  take(key: string): number {
    const waitMs = (this.#closedUntil.get(key) ?? 0) - this.#now()
    if (waitMs > 0) return waitMs
    this.#counter.hit(key, this.#windowMs).then(
      count => this.#note(key, count),
      () => {}, // out of reach: this instance's own limit holds alone
    )
    return 0
  }

  #note(key: string, count: number): void {
    this.#closedUntil.delete(key)
    if (count < this.#limit) return
    if (this.#closedUntil.size >= maxKeys) {
      const oldest = this.#closedUntil.keys().next().value
      if (oldest !== undefined) this.#closedUntil.delete(oldest)
    }
    this.#closedUntil.set(key, this.#now() + holdMs)
  }
}
