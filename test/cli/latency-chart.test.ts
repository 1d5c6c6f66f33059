import {expect, test} from 'vitest'
import {latencyChart, percentileLine} from '../../src/cli/latency-chart.ts'
import {LatencyHistogram} from '../../src/shared/latency-buckets.ts'
import fc from '../helpers/properties.ts'

const plain = (_role: string, text: string): string => text
const options = {width: 80, ascii: true, paint: plain}

function of(...durations: number[]) {
  const histogram = new LatencyHistogram()
  for (const ms of durations) histogram.record(ms)
  return histogram.toSparse()
}

test('draws a row a stretch of time, the fullest as long as there is room', () => {
  const lines = latencyChart(of(...Array<number>(80).fill(1.2), ...Array<number>(19).fill(2.2), 40), options)
  expect(lines[0]).toMatch(/^ *1 - +1\.5 ms {2}#{48,} +80 +80\.0 %$/)
  expect(lines.at(-1)).toMatch(/^ *30 - +50 ms {2}# +1 +1\.0 %$/)
  expect(latencyChart([], options)).toEqual([])
})

test('has marks for little, in eighths where the locale is UTF-8', () => {
  const [, second = ''] = latencyChart(of(...Array<number>(999).fill(1), 7), {...options, ascii: false}).filter(line =>
    /[█▏]/.test(line),
  )
  expect(second).toMatch(/ms {2}▏ /)
})

test('whatever was measured, all of it is drawn, within the width and in not too many rows', () => {
  const durations = fc.array(fc.double({min: 0, max: 4_000_000, noNaN: true}), {minLength: 1, maxLength: 60})
  fc.assert(
    fc.property(durations, fc.integer({min: 60, max: 200}), fc.boolean(), (ms, width, ascii) => {
      const lines = latencyChart(of(...ms), {width, ascii, paint: plain})
      const drawn = lines.map(line => Number(/ (\d+) +[\d.]+ %$/.exec(line)?.[1]))
      expect(drawn.reduce((sum, count) => sum + count, 0)).toBe(ms.length)
      expect(lines.length).toBeLessThanOrEqual(14)
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(width)
    }),
  )
})

test('tells the percentiles in three figures', () => {
  expect(percentileLine(of(1, 2, 3, 1234.5), 1234.5)).toMatch(
    /^p50 2\.?\d* {2}p90 12\d\d {2}p95 12\d\d {2}p99 12\d\d {2}p99\.9 12\d\d {2}max 123[45] {2}\(ms\)$/,
  )
})
