import {describe, expect, it} from 'vitest'
import {
  type AccessLogEntry,
  type ErrorLogEntry,
  formatAccessLine,
  formatErrorLine,
  logField,
  logValue,
} from '../../src/shared/log-line.ts'
import fc from '../helpers/properties.ts'

const at = '2026-08-31T12:00:00.000Z'
const error: ErrorLogEntry = {
  at,
  level: 'ERROR',
  module: 'only1mcp::proxy',
  requestId: 'k3x9-17',
  kind: 'BackendTimeout',
  message: 'the backend did not answer in time',
  pairs: {server_id: 'github', timeout_ms: 30_000, retried: false, cache: null, trace_id: undefined},
}
const access: AccessLogEntry = {
  at,
  requestId: 'k3x9-17',
  client: '127.0.0.1',
  httpMethod: 'POST',
  target: 'tools/call:github.search',
  status: 200,
  responseBytes: 512,
  firstByteMs: 12.3456,
  pairs: {server_id: 'github'},
}

/** What the guide's awk lines see: `awk '{print $N}'`. */
const field = (line: string, number: number): string | undefined => line.trimEnd().split(' ')[number - 1]

const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/
const hostile = fc.oneof(
  fc.string({unit: 'binary'}),
  fc.constantFrom(
    'a\nb',
    'x\r\n2026-08-31 ERROR forged',
    ' ',
    '',
    '"',
    'a=b',
    'a"b\\c',
    '\u001b[31m',
    '\u2028',
    '\ud800',
    'é 漢',
    '%41',
    'x'.repeat(5000),
  ),
)

describe('a line of error.log', () => {
  it('has its fields where awk and cut look for them', () => {
    const line = formatErrorLine(error)
    expect(line).toBe(
      `${at} ERROR only1mcp::proxy request_id=k3x9-17 BackendTimeout the backend did not answer in time server_id=github timeout_ms=30000 retried=false cache=null\n`,
    )
    expect([1, 2, 3, 4, 5].map(number => field(line, number))).toEqual([
      at,
      'ERROR',
      'only1mcp::proxy',
      'request_id=k3x9-17',
      'BackendTimeout',
    ])
    expect(field(formatErrorLine({...error, requestId: null}), 4)).toBe('-')
  })

  it('is the same as JSON', () => {
    expect(JSON.parse(formatErrorLine(error, 'json'))).toEqual({
      timestamp: at,
      level: 'ERROR',
      module: 'only1mcp::proxy',
      request_id: 'k3x9-17',
      kind: 'BackendTimeout',
      message: 'the backend did not answer in time',
      server_id: 'github',
      timeout_ms: 30_000,
      retried: false,
      cache: null,
    })
  })

  it('stays one line of the same fields, whatever a client or a backend sends', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, hostile, (requestId, kind, message, value) => {
        for (const format of ['text', 'json'] as const) {
          const line = formatErrorLine({...error, requestId, kind, message, pairs: {value}}, format)
          expect(line.indexOf('\n')).toBe(line.length - 1)
          expect(line.slice(0, -1)).not.toMatch(control)
          if (format === 'text')
            expect([field(line, 1), field(line, 2), field(line, 3)]).toEqual([at, 'ERROR', 'only1mcp::proxy'])
          else
            expect(Object.keys(JSON.parse(line))).toEqual([
              'timestamp',
              'level',
              'module',
              'request_id',
              'kind',
              'message',
              'value',
            ])
        }
      }),
    )
  })
})

describe('a line of access.log', () => {
  it('has ten fields without a space, then pairs', () => {
    expect(formatAccessLine(access)).toBe(
      `${at} INFO only1mcp::access request_id=k3x9-17 127.0.0.1 POST tools/call:github.search 200 512 12.346 server_id=github\n`,
    )
  })

  it('keeps its fields in their places, whatever the client sends', () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (client, httpMethod, target) => {
        const line = formatAccessLine({...access, client, httpMethod, target})
        expect(line.slice(0, -1)).not.toMatch(control)
        expect([4, 8, 9, 10].map(number => field(line, number))).toEqual(['request_id=k3x9-17', '200', '512', '12.346'])
        expect(field(line, 11)).toBe('server_id=github')
        expect(JSON.parse(formatAccessLine({...access, client, httpMethod, target}, 'json'))).toMatchObject({
          status: 200,
          bytes: 512,
          duration_ms: 12.346,
        })
      }),
    )
  })
})

describe('a field', () => {
  it.each([
    ['plain', 'plain'],
    ['', '-'],
    ['a b', 'a%20b'],
    ['100%', '100%25'],
    ['é', 'é'],
    ['\n', '%0A'],
    ['\u2028', '%E2%80%A8'],
    ['\ud800', '%EF%BF%BD'],
  ])('%j is written as %s', (text, written) => {
    expect(logField(text)).toBe(written)
  })

  it('can be decoded again, and is bounded', () => {
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', minLength: 1, maxLength: 50}), text => {
        expect(decodeURIComponent(logField(text))).toBe(text)
      }),
    )
    expect(logField('x'.repeat(1000)).length).toBe(256)
  })
})

describe('a value', () => {
  it.each([
    ['word', 'word'],
    ['two words', '"two words"'],
    ['', '""'],
    ['a=b', '"a=b"'],
    ['say "hi"\\', '"say \\"hi\\"\\\\"'],
    ['a\nb', '"a\\\\nb"'],
    ['\u001b[0m', '"\\\\u{1b}[0m"'],
    [17, '17'],
    [true, 'true'],
    [null, 'null'],
  ])('%j is written as %s', (value, written) => {
    expect(logValue(value)).toBe(written)
  })

  it('is cut with an ellipsis', () => {
    expect(logValue('x'.repeat(2000))).toBe(`${'x'.repeat(1023)}…`)
  })
})
