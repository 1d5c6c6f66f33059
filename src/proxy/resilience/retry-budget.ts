/** linkerd's: a fifth of the calls, and ten a second, saved for at most ten seconds. */
const shareOfCalls = 0.2
const perSecond = 10
const most = 100

/** How many calls to a backend may be repeated: repeats must not be what finishes a backend that is in trouble. */
export class RetryBudget {
  readonly #now: () => number
  #tokens = most
  #filledAt: number

  constructor(now: () => number) {
    this.#now = now
    this.#filledAt = now()
  }

  /** A call was made. */
  earn(): void {
    if (this.#tokens < most) this.#tokens += shareOfCalls
  }

  /** @returns whether one more may be repeated */
  spend(): boolean {
    const now = this.#now()
    this.#tokens = Math.min(most, this.#tokens + ((now - this.#filledAt) / 1000) * perSecond)
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
