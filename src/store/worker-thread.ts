import {extname} from 'node:path'
import {Worker} from 'node:worker_threads'
import {messageOf} from '../shared/errors.ts'

const firstRestartMs = 1000
const longestRestartMs = 30_000

export interface WorkerThreadOptions<Told> {
  /** The module of the thread, without its extension, as seen from this folder. */
  readonly module: string
  readonly onTold: (told: Told) => void
  /** It ended without being asked to; a new one starts after a growing delay, and is announced by `onStart`. */
  readonly onDeath: (message: string) => void
  /** A new thread runs and knows nothing: it has to be told everything again. */
  readonly onStart: () => void
}

/** A thread of ours that is started again when it dies. It never holds the process. */
export class WorkerThread<Order, Told> {
  readonly #options: WorkerThreadOptions<Told>
  #worker: Worker | undefined
  #timer: NodeJS.Timeout | undefined
  #delayMs = firstRestartMs
  #stopped = false

  constructor(options: WorkerThreadOptions<Told>) {
    this.#options = options
    this.#start()
  }

  /** Lost when no thread runs: `onStart` is the moment to repeat it. */
  order(order: Order): void {
    this.#worker?.postMessage(order)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#worker?.terminate()
  }

  #start(): void {
    // In the build the modules are JavaScript; from the sources Node takes the types away itself.
    const module = new URL(`./${this.#options.module}${extname(import.meta.url)}`, import.meta.url)
    const worker = new Worker(module, {
      execArgv: [],
      resourceLimits: {maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8},
    })
    this.#worker = worker
    let why = 'it ended'
    worker.on('message', (told: Told) => {
      this.#delayMs = firstRestartMs
      this.#options.onTold(told)
    })
    worker.on('error', error => {
      why = messageOf(error)
    })
    worker.on('exit', () => {
      this.#worker = undefined
      if (this.#stopped) return
      this.#options.onDeath(why)
      this.#timer = setTimeout(() => {
        this.#start()
        this.#options.onStart()
      }, this.#delayMs)
      this.#timer.unref()
      this.#delayMs = Math.min(longestRestartMs, this.#delayMs * 2)
    })
    worker.unref()
  }
}
