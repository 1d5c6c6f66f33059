import {getHeapStatistics} from 'node:v8'

const sampleMs = 10_000
const windowMs = 300_000
/** A day of five minutes each. */
const most = 288

export interface HeapTrendOptions {
  readonly wallMs: () => number
  /** Bytes in use now; V8's own count by default. */
  readonly usedBytes?: () => number
}

/**
 * How much memory the heap holds in the long run: the least that was in use in each five minutes, since what stands
 * there right after a collection is what is kept.
 */
export class HeapTrend {
  readonly #options: HeapTrendOptions
  readonly #timer: NodeJS.Timeout
  readonly #least: [atMs: number, bytes: number][] = []
  #windowEndsMs = 0
  #windowBytes = Number.POSITIVE_INFINITY

  constructor(options: HeapTrendOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.sample(), sampleMs)
    this.#timer.unref()
  }

  /** `[time in ms, bytes]` of each whole window, oldest first. */
  get points(): readonly (readonly [number, number])[] {
    return this.#least
  }

  /** Done by a timer; a few microseconds. */
  sample(): void {
    const now = this.#options.wallMs()
    if (this.#windowEndsMs === 0) this.#windowEndsMs = now + windowMs
    this.#windowBytes = Math.min(this.#windowBytes, this.#options.usedBytes?.() ?? getHeapStatistics().used_heap_size)
    if (now < this.#windowEndsMs) return
    this.#least.push([now, this.#windowBytes])
    if (this.#least.length > most) this.#least.shift()
    this.#windowEndsMs = now + windowMs
    this.#windowBytes = Number.POSITIVE_INFINITY
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
