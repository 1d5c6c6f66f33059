import type {Redis} from 'ioredis'
import {messageOf} from '../shared/errors.ts'

const probeEveryMs = 100
/** Without an answer for this long the connection is given up for a new one: a frozen peer, or one that is gone. */
const giveUpAfterMs = 2000

/**
 * Whether Redis is there, known before a call. The first call that a frozen Redis does not answer costs its 50 ms, those
 * after it nothing: probes, not requests, find out when it is back. A stall of our own loop looks the same for a moment,
 * and the first probe ends it.
 */
export class RedisCircuit {
  readonly #redis: Redis
  readonly #events: {readonly onAway: (message: string) => void; readonly onBack: () => void}
  #closed = false
  #told = false
  #lastError = ''
  #timer: NodeJS.Timeout | undefined
  #awaySince = 0
  #stopped = false
  #firstSettled: (() => void) | undefined

  constructor(redis: Redis, events: {readonly onAway: (message: string) => void; readonly onBack: () => void}) {
    this.#redis = redis
    this.#events = events
    redis.on('error', (error: Error) => {
      this.#lastError = messageOf(error)
    })
    redis.on('ready', () => this.#back())
    redis.on('close', () => this.#away(this.#lastError || 'the connection was closed'))
    this.#awaySince = performance.now()
    this.#watch()
  }

  get closed(): boolean {
    return this.#closed
  }

  /** Resolves when it is known whether Redis is there, at the latest after `ms`. */
  async settled(ms: number): Promise<void> {
    if (this.#closed) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>(resolve => {
      this.#firstSettled = resolve
      timer = setTimeout(resolve, ms)
    })
    clearTimeout(timer)
    if (!this.#closed) this.#tellAway(this.#lastError || `no answer within ${ms} ms`)
  }

  /** @returns whether the failure means that Redis is away; else it answered, and refused */
  noteFailure(error: unknown): boolean {
    if (error instanceof Error && error.name === 'ReplyError') return false
    const message = messageOf(error)
    if (message === 'Command timed out') this.#away('it does not answer')
    return true
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  #away(message: string): void {
    this.#firstSettled?.()
    if (this.#stopped || !this.#closed) return
    this.#closed = false
    this.#awaySince = performance.now()
    this.#watch()
    // A stall of ours is over with the first probe, and nobody needs to hear of it.
    if (this.#redis.status !== 'ready') this.#tellAway(message)
  }

  #tellAway(message: string): void {
    if (this.#told || this.#stopped) return
    this.#told = true
    this.#events.onAway(message)
  }

  #back(): void {
    if (this.#stopped) return
    this.#closed = true
    this.#lastError = ''
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#firstSettled?.()
    if (!this.#told) return
    this.#told = false
    this.#events.onBack()
  }

  #watch(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#probe(), this.#redis.status === 'ready' ? 1 : probeEveryMs).unref()
  }

  async #probe(): Promise<void> {
    if (this.#redis.status === 'ready') {
      try {
        await this.#redis.ping()
        return this.#back()
      } catch {
        this.#tellAway('it does not answer')
      }
    }
    if (this.#stopped || this.#closed) return
    if (performance.now() - this.#awaySince > giveUpAfterMs && this.#redis.status !== 'reconnecting') {
      this.#awaySince = performance.now()
      this.#redis.disconnect(true)
    }
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#probe(), probeEveryMs).unref()
  }
}
