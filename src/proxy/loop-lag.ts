import {monitorEventLoopDelay} from 'node:perf_hooks'

const resolutionMs = 10

/** How late the event loop runs its timers: what a stalled runtime shows first. */
export class LoopLag {
  readonly #histogram = monitorEventLoopDelay({resolution: resolutionMs})
  readonly #timer: NodeJS.Timeout
  #former = 0

  constructor() {
    this.#histogram.enable()
    this.#timer = setInterval(() => {
      this.#former = this.#current
      this.#histogram.reset()
    }, 5000)
    this.#timer.unref()
  }

  /** 99th percentile of the last five to ten seconds, without the timer's own resolution: what just began is seen too. */
  get p99Ms(): number {
    return Number(Math.max(this.#former, this.#current).toFixed(3))
  }

  get #current(): number {
    return Math.max(0, this.#histogram.percentile(99) / 1e6 - resolutionMs)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#histogram.disable()
  }
}
