import {expect, test, vi} from 'vitest'
import {CallFailure} from '../../src/mcp/call-failure.ts'
import {CancelSource} from '../../src/mcp/cancel-source.ts'
import type {BackendAnswer} from '../../src/mcp/connection.ts'
import {ParkedCall, ParkedCalls} from '../../src/proxy/parked-calls.ts'

/** A call that its backend works on until it is aborted, as a connection does it. */
function workingCall(release: () => void): ParkedCall {
  const parked = new ParkedCall('ann', 'tools/call x')
  const answer = new Promise<BackendAnswer>((_, reject) => {
    const failure = new CallFailure('cancelled', {
      kind: 'Cancelled',
      blame: 'client',
      code: -32000,
      delivered: 'unknown',
    })
    parked.controller.listen({onCancel: () => reject(failure)})
  })
  parked.begin(answer.finally(release))
  return parked
}

test('a call whose client never comes back is aborted after a while, and its connection is free again', async () => {
  const release = vi.fn()
  const calls = new ParkedCalls('', 20)
  const parked = workingCall(release)
  void parked.ask('roots/list', null, new CancelSource())
  expect((await parked.round()).state).toBe('input')
  calls.park(parked)
  expect(calls.size).toBe(1)
  await vi.waitFor(() => expect(release).toHaveBeenCalledOnce())
  expect(calls.size).toBe(0)
  expect(calls.take(parked.token, 'ann', 'tools/call x')).toBeUndefined()
})

test('only the principal that began a call takes it up again, for the same tool, and once', () => {
  const calls = new ParkedCalls()
  const parked = workingCall(() => {})
  calls.park(parked)
  expect(calls.take(parked.token, 'bob', 'tools/call x')).toBeUndefined()
  expect(calls.take(parked.token, 'ann', 'tools/call y')).toBeUndefined()
  expect(calls.take('made up', 'ann', 'tools/call x')).toBeUndefined()
  expect(calls.take(parked.token, 'ann', 'tools/call x')).toBe(parked)
  expect(calls.take(parked.token, 'ann', 'tools/call x')).toBeUndefined()
})

test('when the runtime stops, the calls that wait for their clients end', async () => {
  const release = vi.fn()
  const calls = new ParkedCalls()
  calls.park(workingCall(release))
  calls.stop()
  await vi.waitFor(() => expect(release).toHaveBeenCalledOnce())
})
