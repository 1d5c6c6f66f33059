import {monitorEventLoopDelay} from 'node:perf_hooks'

const resolutionMs = 10

/** How late the event loop runs its timers: what a stalled runtime shows first. */
export class LoopLag {
  readonly #histogram = monitorEventLoopDelay({resolution: resolutionMs})
  readonly #timer: NodeJS.Timeout
  #p99Ms = 0

  constructor() {
    this.#histogram.enable()
    this.#timer = setInterval(() => {
      this.#p99Ms = Math.max(0, this.#histogram.percentile(99) / 1e6 - resolutionMs)
      this.#histogram.reset()
    }, 5000)
    this.#timer.unref()
  }

  /** 99th percentile of the last five seconds, without the timer's own resolution. */
  get p99Ms(): number {
    return Number(this.#p99Ms.toFixed(3))
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#histogram.disable()
  }
}
