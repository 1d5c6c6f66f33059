import type {Clock} from '../../shared/clock.ts'

const believedAfterMs = 3_600_000
const toleratedMs = 60_000

/**
 * The time by which old rows are judged. A wall clock that jumps ahead would age every row at once, so a jump counts only
 * after it has lasted for an hour; one that jumps back only makes rows younger, and counts at once.
 */
export class RetentionClock {
  readonly #clock: Clock
  #wallMs: number
  #at: number
  #aheadSince: number | null = null

  constructor(clock: Clock) {
    this.#clock = clock
    this.#wallMs = clock.wallMs()
    this.#at = clock.now()
  }

  /** Milliseconds since the epoch. */
  nowMs(): number {
    const [wall, at] = [this.#clock.wallMs(), this.#clock.now()]
    const expected = this.#wallMs + (at - this.#at)
    const ahead = wall - expected > toleratedMs
    if (ahead) {
      this.#aheadSince ??= at
      if (at - this.#aheadSince < believedAfterMs) return expected
    }
    this.#aheadSince = null
    this.#wallMs = wall
    this.#at = at
    return wall
  }
}
