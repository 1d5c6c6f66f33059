import {describe, expect, it} from 'vitest'
import {
  bucketCount,
  bucketMidMs,
  bucketOf,
  LatencyHistogram,
  mergeBuckets,
  percentile,
} from '../../src/shared/latency-buckets.ts'
import fc from '../helpers/properties.ts'

const durations = fc.double({min: 0.13, max: 4_000_000, noNaN: true})

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram()
  for (const value of values) histogram.record(value)
  return histogram
}

describe('a latency bucket', () => {
  it('is within one percent of every duration it holds', () => {
    fc.assert(
      fc.property(durations, ms => {
        expect(Math.abs(bucketMidMs(bucketOf(ms)) - ms) / ms).toBeLessThan(0.01)
      }),
      {numRuns: 2000},
    )
  })

  it('never falls as durations rise, and its middle lies in it', () => {
    fc.assert(
      fc.property(durations, durations, (a, b) => {
        expect(bucketOf(Math.max(a, b))).toBeGreaterThanOrEqual(bucketOf(Math.min(a, b)))
      }),
    )
    for (let index = 0; index < bucketCount; index++) expect(bucketOf(bucketMidMs(index))).toBe(index)
  })

  it('is the first for nothing and below, and the last for whatever is too long', () => {
    expect([bucketOf(0), bucketOf(-5), bucketOf(Number.NaN), bucketOf(0.0005)]).toEqual([0, 0, 0, 0])
    expect([bucketOf(4_294_968), bucketOf(1e12), bucketOf(Number.POSITIVE_INFINITY)]).toEqual([
      bucketCount - 1,
      bucketCount - 1,
      bucketCount - 1,
    ])
  })
})

describe('a latency histogram', () => {
  it('gives percentiles that are true to one percent', () => {
    fc.assert(
      fc.property(
        fc.array(durations, {minLength: 1, maxLength: 300}),
        fc.constantFrom(0, 0.5, 0.9, 0.99, 1),
        (values, fraction) => {
          const sorted = values.toSorted((a, b) => a - b)
          const exact = sorted[Math.max(1, Math.ceil(sorted.length * fraction)) - 1] ?? Number.NaN
          const found = percentile(histogramOf(values).toSparse(), fraction) ?? Number.NaN
          expect(Math.abs(found - exact) / exact).toBeLessThan(0.01)
        },
      ),
    )
    expect(percentile([], 0.5)).toBeUndefined()
  })

  it('counts, sums, and counts up to a bound', () => {
    const histogram = histogramOf([1, 2, 2, 500])
    expect([histogram.count, histogram.sumMs]).toEqual([4, 505])
    expect(histogram.countsUpTo([0.5, 1, 2, 499, 500, 1e9])).toEqual([0, 1, 3, 3, 4, 4])
  })

  it('adds up over instances, and what came since is what is left without the earlier', () => {
    fc.assert(
      fc.property(fc.array(durations), fc.array(durations), (first, second) => {
        const a = histogramOf(first).toSparse()
        const b = histogramOf(second).toSparse()
        const both = histogramOf([...first, ...second]).toSparse()
        expect(mergeBuckets(a, b)).toEqual(both)
        expect(mergeBuckets(both, a, -1)).toEqual(b)
      }),
    )
  })
})
