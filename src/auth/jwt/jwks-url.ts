import type {Clock} from '../../shared/clock.ts'
import {messageOf} from '../../shared/errors.ts'
import {KeySet} from './key-set.ts'
import type {KeySource, KeySourceState} from './key-source.ts'

export interface JwksUrlOptions {
  /** For people. */
  readonly name: string
  /** Fetches the JWK set. @throws an error that says why it could not be had */
  readonly fetch: () => Promise<unknown>
  readonly clock: Clock
  readonly onFault: (name: string, why: string) => void
}

/** Keys older than this are fetched again, beside the requests that use them. */
const maxAgeMs = 5 * 60_000
/** After a failure the next attempt waits this long. */
const retryMs = 10_000
/** Tokens with a key id of their own invention must not make us call the issuer each time. */
const burst = 5
const refillMs = 15_000

/** The keys that an issuer publishes. While it cannot be reached, the last good ones stay in force. */
export class JwksUrl implements KeySource {
  readonly #options: JwksUrlOptions
  #set: KeySet | undefined
  #text = ''
  #generation = 0
  #fetching: Promise<void> | undefined
  #triedAt = Number.NEGATIVE_INFINITY
  #goodAt = Number.NEGATIVE_INFINITY
  #readAt: string | null = null
  #error: string | null = null
  #allowance = burst
  #filledAt: number

  constructor(options: JwksUrlOptions) {
    this.#options = options
    this.#filledAt = options.clock.now()
  }

  get generation(): number {
    if (this.#stale()) void this.#fetch()
    return this.#generation
  }

  get state(): KeySourceState {
    return {
      from: `url ${this.#options.name}`,
      keys: this.#set?.size ?? 0,
      readAt: this.#readAt,
      error: this.#error,
    }
  }

  async keys(missing: boolean): Promise<KeySet | undefined> {
    if (this.#set === undefined) {
      if (this.#fetching !== undefined || this.#mayRetry() || this.#take()) await this.#fetch()
    } else if (missing) {
      if (this.#fetching !== undefined || this.#take()) await this.#fetch()
    } else if (this.#stale()) void this.#fetch()
    return this.#set
  }

  #stale(): boolean {
    return this.#options.clock.now() - this.#goodAt > maxAgeMs && this.#mayRetry()
  }

  #mayRetry(): boolean {
    return this.#options.clock.now() - this.#triedAt > retryMs
  }

  #take(): boolean {
    const now = this.#options.clock.now()
    this.#allowance = Math.min(burst, this.#allowance + (now - this.#filledAt) / refillMs)
    this.#filledAt = now
    if (this.#allowance < 1) return false
    this.#allowance--
    return true
  }

  /** One at a time: whoever comes while it runs gets its outcome. */
  #fetch(): Promise<void> {
    this.#fetching ??= this.#read().finally(() => {
      this.#fetching = undefined
    })
    return this.#fetching
  }

  async #read(): Promise<void> {
    const {clock, fetch, name, onFault} = this.#options
    this.#triedAt = clock.now()
    try {
      const document = await fetch()
      const set = KeySet.fromJwks(document)
      const text = JSON.stringify(document)
      if (text !== this.#text) {
        this.#set = set
        this.#text = text
        this.#generation++
      }
      this.#goodAt = clock.now()
      this.#readAt = new Date(clock.wallMs()).toISOString()
      this.#error = null
    } catch (error) {
      const why = messageOf(error)
      if (this.#error !== why) onFault(name, why)
      this.#error = why
    }
  }
}
