import type {Config} from '../../config/schema.ts'
import {limitKey} from './client-address.ts'
import {type SharedCounter, SharedLimit} from './shared-counter.ts'
import {TokenBuckets} from './token-buckets.ts'

/** About 2 MB when all are in use. */
const maxBuckets = 10_000

/** Failed attempts of one address beyond these are answered with 429 and checked no less. */
const failures = {perMinute: 30, burst: 20, max: maxBuckets}

const windowMs = 60_000

interface Limit {
  readonly own: TokenBuckets
  readonly shared: SharedLimit | undefined
}

/** How often whoever may ask. All of it in memory, and over all instances where a shared counter is there. */
export class Limits {
  readonly #perPrincipal: Limit | undefined
  readonly #perAddress: Limit | undefined
  readonly #failures: TokenBuckets
  exceeded: number

  /** @param exceeded what has been counted before, by other limits */
  constructor(config: Config['rate_limit'], now: () => number, counter?: SharedCounter, exceeded = 0) {
    this.exceeded = exceeded
    const limit = (settings: {requests_per_minute: number; burst?: number | undefined} | undefined) => {
      if (config?.enabled !== true || settings === undefined) return undefined
      const {requests_per_minute: perMinute, burst = perMinute} = settings
      return {
        own: new TokenBuckets({perMinute, burst, max: maxBuckets}, now),
        shared: counter && new SharedLimit(counter, Math.max(perMinute, burst), windowMs, now),
      }
    }
    this.#perPrincipal = limit(config?.per_principal)
    this.#perAddress = limit(config?.per_address)
    this.#failures = new TokenBuckets(failures, now)
  }

  /** @returns 0 to go on, else milliseconds to wait */
  address(address: string): number {
    return this.#perAddress === undefined ? 0 : this.#take(this.#perAddress, `address:${limitKey(address)}`)
  }

  principal(principal: string): number {
    return this.#perPrincipal === undefined ? 0 : this.#take(this.#perPrincipal, `principal:${principal}`)
  }

  /** One more failed attempt of an address. @returns 0, or milliseconds to wait when there were too many */
  failed(address: string): number {
    return this.#counted(this.#failures.take(limitKey(address)))
  }

  #take({own, shared}: Limit, key: string): number {
    const waitMs = own.take(key)
    return this.#counted(waitMs > 0 || shared === undefined ? waitMs : shared.take(key))
  }

  #counted(waitMs: number): number {
    if (waitMs > 0) this.exceeded++
    return waitMs
  }
}
