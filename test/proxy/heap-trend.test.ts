import {afterEach, expect, test} from 'vitest'
import {HeapTrend} from '../../src/proxy/heap-trend.ts'

const minuteMs = 60_000
let nowMs = 1_000_000
let usedBytes = 0
let trend: HeapTrend
const start = () => {
  trend = new HeapTrend({wallMs: () => nowMs, usedBytes: () => usedBytes})
}
afterEach(() => trend.stop())

/** A sample each minute, of these bytes. */
function samples(...bytes: readonly number[]): void {
  for (const each of bytes) {
    usedBytes = each
    trend.sample()
    nowMs += minuteMs
  }
}

test('keeps the least of each five minutes: what stands there right after a collection', () => {
  start()
  const began = nowMs
  samples(50, 90, 40, 70, 80, 60, 100, 45, 99, 99, 99)
  expect(trend.points).toEqual([
    [began + 5 * minuteMs, 40],
    [began + 10 * minuteMs, 45],
  ])
})

test('keeps no more than a day', () => {
  start()
  samples(...Array.from({length: 5 * 300 + 1}, (_, i) => i))
  expect(trend.points).toHaveLength(288)
  expect(trend.points.at(-1)?.[1]).toBeGreaterThan(trend.points[0]?.[1] ?? Number.POSITIVE_INFINITY)
})

test('counts the heap of this process unless told otherwise, and may be stopped twice', () => {
  trend = new HeapTrend({wallMs: () => nowMs})
  for (let i = 0; i < 7; i++) {
    trend.sample()
    nowMs += minuteMs
  }
  expect(trend.points[0]?.[1]).toBeGreaterThan(1_000_000)
  trend.stop()
})
