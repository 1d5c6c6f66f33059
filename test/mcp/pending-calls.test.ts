import {afterEach, beforeEach, describe, expect, it, vi} from 'vitest'
import {CallFailure} from '../../src/mcp/call-failure.ts'
import {CancelSource} from '../../src/mcp/cancel-source.ts'
import type {BackendAnswer, BackendCall} from '../../src/mcp/connection.ts'
import {PendingCalls} from '../../src/mcp/pending-calls.ts'

const call: BackendCall = {method: 'tools/call', params: null, timeoutMs: 1000}
const answer: BackendAnswer = {kind: 'result', value: Buffer.from('{}')}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function pending() {
  const told: string[] = []
  const calls = new PendingCalls(
    () => performance.now(),
    (id, reason) => told.push(`${id} ${reason}`),
  )
  const written: number[] = []
  const start = (options: Partial<BackendCall> = {}): Promise<BackendAnswer> =>
    calls.start({...call, ...options}, id => written.push(id))
  return {calls, told, written, start}
}

describe('calls in flight', () => {
  it('get ids of their own, and each its answer, in any order', async () => {
    const {calls, written, start} = pending()
    const all = [start(), start(), start()]
    expect(written).toEqual([1, 2, 3])
    for (const id of [3, 1, 2]) calls.answer(id, {kind: 'result', value: Buffer.from(String(id))})
    expect((await Promise.all(all)).map(({value}) => value.toString())).toEqual(['1', '2', '3'])
    expect(calls.size).toBe(0)
  })

  it('end once: a second answer, or one to no question, is not taken', async () => {
    const {calls, start} = pending()
    const first = start()
    expect(calls.answer(1, answer)).toBe(true)
    expect(calls.answer(1, {kind: 'error', value: Buffer.from('{}')})).toBe(false)
    expect(calls.answer(99, answer)).toBe(false)
    expect(await first).toBe(answer)
  })

  it('end with their timeout, which the backend is told; the answer that comes later is not taken', async () => {
    const {calls, told, start} = pending()
    const failed = expect(start({timeoutMs: 1000.4})).rejects.toMatchObject({
      kind: 'BackendTimeout',
      blame: 'backend-logic',
      code: -32_001,
      delivered: 'unknown',
      message: 'no answer to tools/call within 1000 ms',
      evidence: expect.stringMatching(/^elapsed 1000 ms of 1000 ms$/),
    })
    await vi.advanceTimersByTimeAsync(1001)
    await failed
    expect(told).toEqual(['1 timed out'])
    expect(calls.answer(1, answer)).toBe(false)
    expect(calls.size).toBe(0)
  })

  it('end when their client cancels, which the backend is told once', async () => {
    const {calls, told, start} = pending()
    const controller = new CancelSource()
    const failed = expect(start({signal: controller})).rejects.toMatchObject({
      kind: 'Cancelled',
      blame: 'client',
    })
    controller.abort()
    await failed
    await vi.advanceTimersByTimeAsync(5000)
    expect(told).toEqual(['1 cancelled by the client'])
    expect(calls.answer(1, answer)).toBe(false)
  })

  it('are not written when the client has gone before', async () => {
    const {written, start} = pending()
    const gone = new CancelSource()
    gone.abort()
    await expect(start({signal: gone})).rejects.toMatchObject({kind: 'Cancelled'})
    expect(written).toEqual([])
  })

  it('that were answered no longer listen to their client', async () => {
    const {calls, told, start} = pending()
    const controller = new CancelSource()
    const done = start({signal: controller})
    calls.answer(1, answer)
    await done
    controller.abort()
    expect(told).toEqual([])
  })

  it('that could not be written fail with the reason, and leave no timer', async () => {
    const {calls} = pending()
    const gone = new CallFailure('gone', {
      kind: 'BackendGone',
      blame: 'backend-process',
      code: -32_002,
      delivered: 'no',
    })
    const failed = calls.start(call, () => {
      throw gone
    })
    await expect(failed).rejects.toBe(gone)
    expect(calls.size).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('all fail with their connection', async () => {
    const {calls, start} = pending()
    const all = [start(), start()]
    const ended = new CallFailure('ended', {
      kind: 'BackendExited',
      blame: 'backend-process',
      code: -32_000,
      delivered: 'unknown',
    })
    calls.failAll(ended)
    for (const each of all) await expect(each).rejects.toBe(ended)
    expect(vi.getTimerCount()).toBe(0)
  })
})
