import {expect, test} from 'vitest'
import {type LoadAnswer, type LoadOptions, startLoad} from '../../../src/diagnostics/load/load-run.ts'
import {systemClock} from '../../../src/shared/clock.ts'
import {percentile} from '../../../src/shared/latency-buckets.ts'

const good: LoadAnswer = {code: null, message: '', retryAfterMs: null}
const after = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

function run(change: Partial<LoadOptions>) {
  return startLoad({
    call: async () => good,
    durationMs: 300,
    concurrency: 4,
    rate: null,
    graceMs: 1000,
    clock: systemClock,
    signal: new AbortController().signal,
    ...change,
  })
}

test('never more calls are on their way than were asked for, and each is counted once', async () => {
  let [inFlight, most, sent] = [0, 0, 0]
  const {done} = run({
    call: async () => {
      sent++
      most = Math.max(most, ++inFlight)
      await after(5)
      inFlight--
      return good
    },
  })
  const {calls, failed, latency, minMs, maxMs, perSecond, ms, stopped} = await done
  expect([calls, failed, most, stopped]).toEqual([sent, 0, 4, false])
  expect(latency.reduce((sum, [, count]) => sum + count, 0)).toBe(calls)
  expect(minMs).toBeGreaterThan(3)
  expect(maxMs).toBeGreaterThanOrEqual(percentile(latency, 0.5) ?? Number.NaN)
  expect(perSecond).toBeCloseTo((calls * 1000) / ms, -1)
})

test('a rate is kept to, and counts waiting from when a call was due', async () => {
  const calm = await run({rate: 50, durationMs: 400}).done
  expect(calm.calls).toBe(20)
  expect(calm.missed).toBe(0)
  // Two a second come out of it, fifty are due: the queue is the latency.
  const late = await run({
    rate: 50,
    concurrency: 1,
    durationMs: 400,
    call: async () => {
      await after(100)
      return good
    },
  }).done
  expect(late.calls).toBeLessThan(7)
  expect(late.maxMs).toBeGreaterThan(250)
})

test('errors are counted by code, with the words of the first, and stand in no latency', async () => {
  let n = 0
  const {done} = run({
    durationMs: 50,
    concurrency: 1,
    call: async () => {
      await after(1)
      n++
      return n % 3 === 0
        ? {code: '-32001', message: `number ${n}`, retryAfterMs: null}
        : n % 5 === 0
          ? {code: 'tool error', message: 'bad', retryAfterMs: null}
          : good
    },
  })
  const {calls, failed, errors, latency} = await done
  expect(errors[0]).toMatchObject({code: '-32001', message: 'number 3'})
  expect(errors.reduce((sum, {count}) => sum + count, 0)).toBe(failed)
  expect(latency.reduce((sum, [, count]) => sum + count, 0)).toBe(calls - failed)
})

test('an answer that asks for a pause holds every call back for as long', async () => {
  const sentAt: number[] = []
  const began = performance.now()
  const {done} = run({
    durationMs: 600,
    call: async () => {
      sentAt.push(performance.now() - began)
      await after(1)
      return sentAt.length <= 4 ? {code: '-32004', message: 'overloaded', retryAfterMs: 250} : good
    },
  })
  const {errors, pausedMs, maxMs, calls, failed} = await done
  expect(errors).toMatchObject([{code: '-32004', count: 4}])
  expect(sentAt.filter(ms => ms > 50 && ms < 240)).toEqual([])
  expect(pausedMs).toBeGreaterThanOrEqual(250)
  expect(calls - failed).toBeGreaterThan(4)
  expect(maxMs).toBeLessThan(200)
})

test('a pause that is longer than the run ends with it', async () => {
  const began = performance.now()
  const {errors, pausedMs} = await run({
    durationMs: 200,
    call: async () => ({code: '-32004', message: 'overloaded', retryAfterMs: 60_000}),
  }).done
  expect(performance.now() - began).toBeLessThan(1000)
  expect(errors[0]?.count).toBeLessThanOrEqual(4)
  expect(pausedMs).toBeLessThanOrEqual(200)
})

test('what is on its way when it is stopped is cancelled and not counted, and what was measured stands', async () => {
  const stop = new AbortController()
  let [cancelled, sent] = [0, 0]
  const {done} = run({
    durationMs: 60_000,
    signal: stop.signal,
    call: signal =>
      new Promise(resolve => {
        if (sent++ < 10) return void setTimeout(() => resolve(good), 1)
        signal.listen({
          onCancel: () => {
            cancelled++
            resolve({code: 'Cancelled', message: 'cancelled', retryAfterMs: null})
          },
        })
        setTimeout(() => stop.abort(), 20)
      }),
  })
  const {calls, failed, stopped, ms} = await done
  expect(cancelled).toBe(4)
  expect(calls).toBeGreaterThanOrEqual(10)
  expect([failed, stopped]).toEqual([0, true])
  expect(ms).toBeLessThan(5000)
})

test('calls that are not answered when the time and the grace are over are failures', async () => {
  const {calls, failed, errors, ms} = await run({
    durationMs: 50,
    graceMs: 100,
    call: signal =>
      new Promise(resolve => {
        signal.listen({onCancel: () => resolve({code: 'Cancelled', message: 'cancelled', retryAfterMs: null})})
      }),
  }).done
  expect([calls, failed]).toEqual([4, 4])
  expect(errors).toMatchObject([{code: 'no answer', count: 4}])
  expect(ms).toBeLessThan(1000)
})
