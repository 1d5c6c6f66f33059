import {describe, expect, test} from 'vitest'
import {parseLogLine} from '../../src/logs/parse-line.ts'
import {splitPairs} from '../../src/logs/split-pairs.ts'
import {type AccessLogEntry, type ErrorLogEntry, formatAccessLine, formatErrorLine} from '../../src/shared/log-line.ts'
import fc from '../helpers/properties.ts'

const at = '2026-01-02T03:04:05.678Z'
const word = fc.stringMatching(/^[A-Za-z][A-Za-z0-9]{0,15}$/)
const id = fc.stringMatching(/^[a-z0-9]{1,8}-\d{1,6}$/)
/** Fixed words of ours: no `=`, no double space. */
const message = fc.array(word, {minLength: 1, maxLength: 6}).map(words => words.join(' '))
const visible = fc.string({
  unit: fc.integer({min: 0x20, max: 0x7e}).map(code => String.fromCharCode(code)),
  maxLength: 40,
})
/** Keys are our own words, and none is a field of the JSON format. */
const pairs = fc.dictionary(fc.stringMatching(/^x_[a-z]{1,10}$/), visible, {maxKeys: 5})

const errorEntry: fc.Arbitrary<ErrorLogEntry> = fc.record({
  at: fc.constant(at),
  level: fc.constantFrom('TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'PANIC'),
  module: fc.constantFrom('only1mcp::proxy', 'only1mcp::mcp'),
  requestId: fc.option(id),
  kind: word,
  message,
  pairs,
})
const accessEntry: fc.Arbitrary<AccessLogEntry> = fc.record({
  at: fc.constant(at),
  requestId: id,
  client: fc.constantFrom('127.0.0.1', '::1'),
  httpMethod: fc.constantFrom('GET', 'POST'),
  target: fc.constantFrom('tools/call:github__search', '/health', 'initialize'),
  status: fc.integer({min: 100, max: 599}),
  responseBytes: fc.nat(),
  firstByteMs: fc.nat(1_000_000).map(us => us / 1000),
  pairs,
})

describe.each(['text', 'json'] as const)('a line in the %s format', format => {
  test('of error.log is read back as it was written', () => {
    fc.assert(
      fc.property(errorEntry, entry => {
        expect(parseLogLine(formatErrorLine(entry, format).trimEnd())).toEqual({type: 'error', ...entry})
      }),
    )
  })

  test('of access.log is read back as it was written', () => {
    fc.assert(
      fc.property(accessEntry, entry => {
        expect(parseLogLine(formatAccessLine(entry, format).trimEnd())).toEqual({type: 'access', ...entry})
      }),
    )
  })

  test('with a value in quotes keeps its spaces, quotes and backslashes', () => {
    const value = 'say "hi" to C:\\temp = all'
    const line = formatErrorLine(
      {
        at,
        level: 'ERROR',
        module: 'only1mcp::proxy',
        requestId: null,
        kind: 'Odd',
        message: 'it failed',
        pairs: {value},
      },
      format,
    )
    expect(parseLogLine(line.trimEnd())).toMatchObject({message: 'it failed', pairs: {value}})
  })
})

describe('parseLogLine', () => {
  test.each([
    '',
    'stack backtrace:',
    '    at Object.<anonymous> (file.js:1:1)',
    '{"timestamp":"2026-01-02T03:04:05Z"',
    '{"level":"ERROR"}',
    '[]',
    'null',
    `${at} LOUD only1mcp::proxy - Kind message`,
    `${at} ERROR only1mcp::proxy`,
    `${at} ERROR only1mcp::proxy id=7 Kind message`,
    `${at} INFO only1mcp::access - 127.0.0.1 GET /health 200 5 1.000`,
    `${at} INFO only1mcp::access request_id=a-1 127.0.0.1 GET /health two 5 1.000`,
    'x'.repeat(100_000),
  ])('gives nothing for %j', line => {
    expect(parseLogLine(line)).toBeUndefined()
  })

  test('takes any text without a throw', () => {
    fc.assert(fc.property(fc.string({unit: 'binary'}), text => void parseLogLine(text)))
    fc.assert(fc.property(fc.json(), text => void parseLogLine(text)))
  })

  test('reads the key __proto__ as a pair like any other', () => {
    const line = `${at} ERROR only1mcp::proxy - Odd it failed __proto__=x`
    const parsed = parseLogLine(line)
    expect(Object.keys(parsed?.pairs ?? {})).toEqual(['__proto__'])
  })

  test('costs no more than its length for a line made to be slow', () => {
    const started = performance.now()
    splitPairs('a="\\'.repeat(16_000))
    splitPairs(' a=b'.repeat(16_000).concat(' "'))
    splitPairs(' a="b'.repeat(13_000))
    expect(performance.now() - started).toBeLessThan(1000)
  })
})
