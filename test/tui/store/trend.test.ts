import {describe, expect, test} from 'vitest'
import {LatencyHistogram, percentile} from '../../../src/shared/latency-buckets.ts'
import type {SafeSnapshot} from '../../../src/tui/store/data.ts'
import {DemoWorld} from '../../../src/tui/store/demo-world.ts'
import {makeSafe} from '../../../src/tui/store/safe.ts'
import {Trend} from '../../../src/tui/store/trend.ts'

const base = makeSafe(new DemoWorld().snapshot(), false)

function snapshotAt(
  second: number,
  closed: number,
  errors: number,
  durations: readonly number[],
  instance = 'a',
): SafeSnapshot {
  const latency = new LatencyHistogram()
  for (const ms of durations) latency.record(ms)
  return {
    ...base,
    instance: instance as SafeSnapshot['instance'],
    at: new Date(Date.UTC(2026, 0, 1) + second * 1000).toISOString() as SafeSnapshot['at'],
    requests: {opened: closed, closed, inFlight: 0, errors, latency: latency.toSparse() as never},
  }
}

describe('the trend', () => {
  test('is the difference of counters over the time between snapshots', () => {
    const trend = new Trend()
    trend.add(snapshotAt(0, 100, 10, []))
    trend.add(snapshotAt(2, 120, 11, []))
    expect(trend.points.at(-1)).toMatchObject({requestsPerSecond: 10, errorsPerSecond: 0.5})
  })

  test('has percentiles of the last minute, not of all time', () => {
    const trend = new Trend()
    const old = Array.from({length: 100}, () => 1)
    trend.add(snapshotAt(0, 100, 0, old))
    trend.add(snapshotAt(1, 200, 0, [...old, ...Array.from({length: 100}, () => 50)]))
    const p50 = percentile(trend.recentLatency, 0.5) ?? 0
    expect(Math.abs(p50 - 50) / 50).toBeLessThan(0.01)
  })

  test('makes no difference between two instances', () => {
    const trend = new Trend()
    trend.add(snapshotAt(0, 5000, 10, []))
    trend.add(snapshotAt(1, 3, 0, [], 'b'))
    expect(trend.points).toEqual([])
    trend.add(snapshotAt(2, 5, 0, [], 'b'))
    expect(trend.points.at(-1)?.requestsPerSecond).toBe(2)
  })

  test('tells no rate from snapshots that are too close', () => {
    const trend = new Trend()
    trend.add(snapshotAt(0, 0, 0, []))
    trend.add(snapshotAt(0.01, 5, 0, []))
    expect(trend.points).toEqual([])
  })
})
