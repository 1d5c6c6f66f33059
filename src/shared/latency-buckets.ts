/**
 * Latency as log-linear bucket counts: 128 buckets a power of two of microseconds, so a bucket is at most 1/128 (0.8 %)
 * wide and percentiles read from it are true to that. One fixed table for every process, so that counts of several
 * instances add up. The last bucket takes everything from 2^32 µs (71 minutes) on.
 */
const subBits = 7
const subCount = 1 << subBits
const maxExponent = 32

/** The number of buckets in the table. */
export const bucketCount = (maxExponent - subBits) * subCount + subCount

/** The bucket of a duration in milliseconds. */
export function bucketOf(ms: number): number {
  const us = ms * 1000
  if (!(us >= subCount)) return us > 0 ? Math.floor(us) : 0
  const exponent = 31 - Math.clz32(Math.min(us, 0xffff_ffff))
  const index = (exponent - subBits) * subCount + Math.floor(us / 2 ** (exponent - subBits))
  return Math.min(index, bucketCount - 1)
}

/** The middle of a bucket, in milliseconds. */
export function bucketMidMs(index: number): number {
  return (bucketLowerUs(index) + bucketLowerUs(index + 1)) / 2000
}

function bucketLowerUs(index: number): number {
  if (index < subCount) return index
  const exponent = Math.floor(index / subCount) - 1
  return (subCount + (index % subCount)) * 2 ** exponent
}

/** Counts by bucket, only the buckets that hold something: `[bucket, count]`, ascending. Travels in snapshots. */
export type SparseBuckets = ReadonlyArray<readonly [number, number]>

/** One latency distribution. 13 KiB each: keep one per server and per method, not per tool. */
export class LatencyHistogram {
  /** Made with the first duration: most servers of a long list are hardly ever called. */
  #counts: Uint32Array | undefined
  #count = 0
  #sumMs = 0
  /** The buckets that hold something lie between these. */
  #lowest = bucketCount
  #highest = -1

  record(ms: number): void {
    const index = bucketOf(ms)
    this.#counts ??= new Uint32Array(bucketCount)
    this.#counts[index] = (this.#counts[index] ?? 0) + 1
    this.#count++
    this.#sumMs += ms
    if (index < this.#lowest) this.#lowest = index
    if (index > this.#highest) this.#highest = index
  }

  get count(): number {
    return this.#count
  }

  get sumMs(): number {
    return this.#sumMs
  }

  /** How many durations lie at or below each limit (ascending), to the width of a bucket; one walk for all of them. */
  countsUpTo(limitsMs: readonly number[]): number[] {
    const sums: number[] = []
    let sum = 0
    let at = this.#lowest
    for (const limitMs of limitsMs) {
      const last = Math.min(bucketOf(limitMs), this.#highest)
      for (; at <= last; at++) sum += this.#counts?.[at] ?? 0
      sums.push(sum)
    }
    return sums
  }

  toSparse(): SparseBuckets {
    const sparse: [number, number][] = []
    for (let i = this.#lowest; i <= this.#highest; i++) {
      const count = this.#counts?.[i] ?? 0
      if (count > 0) sparse.push([i, count])
    }
    return sparse
  }
}

/**
 * The duration below which `fraction` of the counted ones lie (nearest rank), in milliseconds.
 * @returns undefined when nothing was counted
 */
export function percentile(buckets: SparseBuckets, fraction: number): number | undefined {
  let total = 0
  for (const [, count] of buckets) total += count
  if (total === 0) return undefined
  const rank = Math.max(1, Math.ceil(total * fraction))
  let seen = 0
  for (const [index, count] of buckets) {
    seen += count
    if (seen >= rank) return bucketMidMs(index)
  }
  return undefined
}

/** The distribution of both together, or (with `sign` -1) of what came to `a` since `b`. */
export function mergeBuckets(a: SparseBuckets, b: SparseBuckets, sign: 1 | -1 = 1): SparseBuckets {
  const counts = new Map(a)
  for (const [index, count] of b) counts.set(index, (counts.get(index) ?? 0) + sign * count)
  return [...counts].filter(([, count]) => count > 0).sort(([left], [right]) => left - right)
}
