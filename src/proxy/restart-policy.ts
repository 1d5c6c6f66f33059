/** When a backend that ended is started again: 0.5 s, doubled to 60 s, with jitter; forgotten after a healthy minute. */
const firstDelayMs = 500
const longestDelayMs = 60_000
const windowMs = 60_000
const loopAfter = 5

export interface NextStart {
  readonly delayMs: number
  /** More than five ends within a minute: not a stumble any more. */
  readonly crashLoop: boolean
}

export class RestartPolicy {
  readonly #random: () => number
  #ends: number[] = []
  #attempt = 0

  /** @param random in [0, 1), for the jitter that keeps a hundred backends from starting in step */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  /** @param now monotonic milliseconds; @param healthyMs how long the last run served, 0 when it never did */
  ended(now: number, healthyMs: number): NextStart {
    if (healthyMs >= windowMs) this.#attempt = 0
    this.#ends = [...this.#ends.filter(at => now - at < windowMs), now]
    const exact = Math.min(longestDelayMs, firstDelayMs * 2 ** this.#attempt)
    this.#attempt = Math.min(this.#attempt + 1, 30)
    return {delayMs: Math.round(exact * (0.9 + 0.2 * this.#random())), crashLoop: this.#ends.length > loopAfter}
  }
}
