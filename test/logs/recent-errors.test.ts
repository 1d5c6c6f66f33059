import {describe, expect, test} from 'vitest'
import {recentErrors} from '../../src/logs/recent-errors.ts'
import {formatErrorLine, type LevelWord} from '../../src/shared/log-line.ts'

const now = Date.parse('2026-01-02T03:00:00.000Z')
const options = {sinceMs: now - 900_000, keep: 2, truncated: false}

function line(agoMs: number, level: LevelWord, kind: string, pairs: Record<string, string> = {}): string {
  const at = new Date(now - agoMs).toISOString()
  return formatErrorLine({
    at,
    level,
    module: 'only1mcp::proxy',
    requestId: null,
    kind,
    message: 'it failed',
    pairs,
  }).trimEnd()
}

describe('recentErrors', () => {
  const lines = [
    line(2_000_000, 'ERROR', 'Old'),
    line(800_000, 'ERROR', 'Timeout'),
    line(700_000, 'WARN', 'Slow'),
    line(600_000, 'ERROR', 'Spawn'),
    line(500_000, 'ERROR', 'Timeout'),
    line(400_000, 'PANIC', 'Panic'),
    'stack backtrace:',
    '    at x (y.js:1:1)',
    '',
  ]

  test('counts errors and crashes inside the window, most frequent kind first, newest lines first', () => {
    const found = recentErrors(lines, options)
    expect(found).toMatchObject({count: 4, panics: 1, atLeast: false})
    expect(found.byKind.map(({kind, count}) => `${count} ${kind}`)).toEqual(['2 Timeout', '1 Panic', '1 Spawn'])
    expect(found.newest.map(({kind}) => kind)).toEqual(['Panic', 'Timeout'])
  })

  test('says "at least" only when the lines do not reach back to the start of the window', () => {
    expect(recentErrors(lines, {...options, truncated: true}).atLeast).toBe(false)
    expect(recentErrors(lines.slice(1), {...options, truncated: true}).atLeast).toBe(true)
    expect(recentErrors(lines.slice(1), options).atLeast).toBe(false)
  })

  test('tells which servers they are about, as long as each names one', () => {
    const about = ['crm', 'erp', 'crm'].map((id, i) => line(1000 * i, 'ERROR', 'Gone', {server_id: id}))
    expect(recentErrors(about, options).servers).toEqual(['crm', 'erp'])
    expect(recentErrors([...about, line(5, 'ERROR', 'Odd')], options).servers).toBeNull()
  })

  test('passes over a time that is none', () => {
    expect(recentErrors(['2026-99-99T99:99:99Z ERROR only1mcp::proxy - Odd it failed'], options).count).toBe(0)
  })
})
