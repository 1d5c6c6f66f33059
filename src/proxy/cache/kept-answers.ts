/** An answer as it is kept: the bytes of a `result`, ready to be sent. */
export interface KeptAnswer {
  readonly value: Buffer
  /** Which server gave it. */
  readonly serverId: string
}

export interface KeptLimits {
  readonly maxBytes: number
  readonly maxEntries: number
  /** Shares of both limits: above the high one the least recently used go, until the low one is reached. */
  readonly highWater: number
  readonly lowWater: number
  /** No answer is kept longer. */
  readonly longestMs: number
}

interface Entry extends KeptAnswer {
  readonly method: string
  readonly keptAt: number
  readonly ttlMs: number
  readonly bytes: number
}

/** What an entry costs beside its bytes: objects, and its place in the map. */
const overheadBytes = 200

/**
 * Answers in memory, the most recently used last. Bounded in bytes and entries; with room made in one go, so that a full
 * cache does not throw something out with every answer that comes in.
 */
export class KeptAnswers {
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()
  #limits: KeptLimits
  #bytes = 0
  /** Thrown out to make room; what expired or was invalidated does not count. */
  evictions = 0

  /** @param now monotonic milliseconds */
  constructor(limits: KeptLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
  }

  /** Other limits from now on, for what is kept too: what holds no longer by them goes at once. */
  configure(limits: KeptLimits): void {
    this.#limits = limits
    this.sweep()
    for (const [key, {bytes}] of this.#entries) if (bytes > this.longest) this.delete(key)
    this.#makeRoom()
  }

  get size(): number {
    return this.#entries.size
  }

  get bytes(): number {
    return this.#bytes
  }

  /** The largest answer that is kept: a larger one would leave hardly anything else. */
  get longest(): number {
    return this.#limits.maxBytes * this.#limits.lowWater
  }

  /** @returns `expired` for one that was there and holds no longer */
  get(key: string): KeptAnswer | 'expired' | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (this.#isOver(entry, this.#now())) {
      this.#bytes -= entry.bytes
      return 'expired'
    }
    this.#entries.set(key, entry)
    return entry
  }

  /**
   * @param ttlMs from when its server gave it
   * @param ageMs how long ago that was
   */
  set(key: string, method: string, {value, serverId}: KeptAnswer, ttlMs: number, ageMs = 0): void {
    const bytes = value.length + key.length + overheadBytes
    if (ttlMs <= ageMs || bytes > this.longest) return
    this.delete(key)
    this.#entries.set(key, {value: ownBytes(value), serverId, method, keptAt: this.#now() - ageMs, ttlMs, bytes})
    this.#bytes += bytes
    this.#makeRoom()
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#bytes -= entry.bytes
  }

  /** Removes what a server gave, or everything. @returns how many */
  clear(serverId?: string): number {
    const before = this.#entries.size
    for (const [key, entry] of this.#entries) {
      if (serverId === undefined || entry.serverId === serverId) this.delete(key)
    }
    return before - this.#entries.size
  }

  /** Gives back the memory of what has expired. */
  sweep(): void {
    const now = this.#now()
    for (const [key, entry] of this.#entries) if (this.#isOver(entry, now)) this.delete(key)
  }

  #isOver({keptAt, ttlMs}: Entry, now: number): boolean {
    return now - keptAt >= Math.min(ttlMs, this.#limits.longestMs)
  }

  #makeRoom(): void {
    const {maxBytes, maxEntries, highWater, lowWater} = this.#limits
    if (this.#bytes <= maxBytes * highWater && this.#entries.size <= maxEntries * highWater) return
    const newest = this.#entries.size - 1
    let at = 0
    for (const key of this.#entries.keys()) {
      if (this.#bytes <= maxBytes * lowWater && this.#entries.size <= Math.max(1, maxEntries * lowWater)) return
      // What has just come in stays: a cache of one entry would be none.
      if (at++ === newest) return
      this.delete(key)
      this.evictions++
    }
  }
}

/** A slice keeps the whole piece of memory alive that it was cut from: the read buffer of a connection. */
function ownBytes(value: Buffer): Buffer {
  return value.buffer.byteLength > value.length * 2 ? Buffer.from(value) : value
}
