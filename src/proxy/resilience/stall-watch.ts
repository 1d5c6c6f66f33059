/** How late the loop must be for its own lateness to count. */
const tickMs = 100
const kept = 64

interface Stall {
  readonly endedAt: number
  readonly ms: number
}

/**
 * How long this process itself stood still (a busy loop, SIGSTOP, a machine without CPU): a call that timed out meanwhile
 * says nothing about its backend.
 */
export class StallWatch {
  readonly #now: () => number
  readonly #stalls: Stall[] = []
  readonly #timer: NodeJS.Timeout
  #lastTick: number

  constructor(now: () => number) {
    this.#now = now
    this.#lastTick = now()
    this.#timer = setInterval(() => this.#tick(), tickMs)
    this.#timer.unref()
  }

  /** For how long it stood still after `since`, monotonic milliseconds. */
  stalledMs(since: number): number {
    // The timer that ended the call may be run before ours is.
    const running = Math.max(0, this.#now() - this.#lastTick - tickMs)
    let sum = running
    for (const {endedAt, ms} of this.#stalls) if (endedAt > since) sum += Math.min(ms, endedAt - since)
    return sum
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #tick(): void {
    const now = this.#now()
    const late = now - this.#lastTick - tickMs
    this.#lastTick = now
    if (late < tickMs) return
    this.#stalls.push({endedAt: now, ms: late})
    if (this.#stalls.length > kept) this.#stalls.shift()
  }
}
