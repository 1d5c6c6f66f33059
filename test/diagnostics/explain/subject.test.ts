import {expect, it, test} from 'vitest'
import {findCode} from '../../../src/diagnostics/explain/codes.ts'
import {readSubject} from '../../../src/diagnostics/explain/subject.ts'
import fc from '../../helpers/properties.ts'

const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

test.each([
  ['-32003', {kind: 'rpc', code: -32003}],
  ['32003', {kind: 'rpc', code: -32003}],
  ['\u221232003', {kind: 'rpc', code: -32003}],
  ['code -32003', {kind: 'rpc', code: -32003}],
  ['MCP error -32003', {kind: 'rpc', code: -32003}],
  ['HTTP 429', {kind: 'http', code: 429}],
  ['HTTP/1.1 429', {kind: 'http', code: 429}],
  ['status 503', {kind: 'http', code: 503}],
  ['429', {kind: 'http', code: 429}],
  ['exit 3', {kind: 'exit', code: 3}],
  ['exit code 137', {kind: 'exit', code: 137}],
  ['exit status 70', {kind: 'exit', code: 70}],
  ['4', {kind: 'exit', code: 4}],
  ['137', {kind: 'exit', code: 137}],
])('%s is a code', (text, wanted) => {
  expect(readSubject(text)).toEqual({kind: 'code', wanted})
})

test.each([
  ['4b1d09c2-17', {kind: 'request', requestId: '4b1d09c2-17'}],
  ['request_id=4b1d09c2-17', {kind: 'request', requestId: '4b1d09c2-17'}],
  ['"requestId":"4b1d09c2-17",', {kind: 'request', requestId: '4b1d09c2-17'}],
  ['  x-request-id: 4b1d09c2-17\n', {kind: 'request', requestId: '4b1d09c2-17'}],
  [trace, {kind: 'trace', traceId: trace}],
  [`trace_id=${trace}`, {kind: 'trace', traceId: trace}],
  [`00-${trace}-00f067aa0ba902b7-01`, {kind: 'trace', traceId: trace}],
  ['X-Trace-ID: test-123', {kind: 'trace', traceId: 'test-123'}],
])('%s is an id', (text, subject) => {
  expect(readSubject(text)).toEqual(subject)
})

test.each([
  ['port.listening', {kind: 'check', id: 'port.listening'}],
  ['Port.Listening', {kind: 'check', id: 'port.listening'}],
])('%s is a check', (text, subject) => {
  expect(readSubject(text)).toEqual(subject)
})

test.each(['tls', 'tls.', 'tls.*', 'config.va'])('%s stands for the checks that begin so', text => {
  const subject = readSubject(text)
  expect(subject.kind).toBe('checks')
  if (subject.kind === 'checks')
    for (const id of subject.ids) expect(id.startsWith(text.replace(/[.*]+$/, ''))).toBe(true)
})

test.each(['socket hang up', 'Session not found', 'connect ECONNREFUSED', 'deadbeef', '1.5', 'exit'])(
  '%s is a message',
  text => {
    expect(readSubject(text).kind).toBe('message')
  },
)

test.each([
  [-32011, 'range'],
  [-32050, 'range'],
  [-32500, 'range'],
  [-3203, 'unknown'],
  [-1, 'unknown'],
])('the code %i without an entry is a %s', (code, state) => {
  expect(findCode({kind: 'rpc', code}).state).toBe(state)
})

it('knows the signal behind an exit status, and what was probably meant by a code with a wrong digit', () => {
  expect(findCode({kind: 'exit', code: 138})).toMatchObject({
    state: 'range',
    meaning: expect.stringContaining('signal 10'),
  })
  expect(findCode({kind: 'rpc', code: -3203})).toMatchObject({
    near: expect.arrayContaining([expect.objectContaining({code: -32003})]),
  })
})

it('takes any text for something', () => {
  fc.assert(fc.property(fc.string({unit: 'binary', maxLength: 400}), text => readSubject(text).kind.length > 0))
})
