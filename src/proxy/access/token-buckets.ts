export interface BucketSettings {
  readonly perMinute: number
  /** How many may come at once. */
  readonly burst: number
  /** Buckets that are kept; the one unused for longest makes room. */
  readonly max: number
}

interface Bucket {
  tokens: number
  at: number
}

/** Token buckets by key. One that is dropped was unused for longest, so it was the fullest. */
export class TokenBuckets {
  readonly #settings: BucketSettings
  readonly #now: () => number
  readonly #buckets = new Map<string, Bucket>()

  /** @param now monotonic milliseconds: a jump of the wall clock neither opens nor closes anything */
  constructor(settings: BucketSettings, now: () => number) {
    this.#settings = settings
    this.#now = now
  }

  get size(): number {
    return this.#buckets.size
  }

  /** Takes one token. @returns 0, or how many milliseconds until there is one */
  take(key: string): number {
    const {perMinute, burst, max} = this.#settings
    const now = this.#now()
    const perMs = perMinute / 60_000
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      if (this.#buckets.size >= max) {
        const oldest = this.#buckets.keys().next().value
        if (oldest !== undefined) this.#buckets.delete(oldest)
      }
      bucket = {tokens: burst, at: now}
    } else {
      bucket.tokens = Math.min(burst, bucket.tokens + (now - bucket.at) * perMs)
      bucket.at = now
      this.#buckets.delete(key) // to the end: map order is use order
    }
    this.#buckets.set(key, bucket)
    if (bucket.tokens < 1) return (1 - bucket.tokens) / perMs
    bucket.tokens--
    return 0
  }
}
