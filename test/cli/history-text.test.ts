import {expect, it} from 'vitest'
import type {HealthHistoryDocument} from '../../src/cli/health-history.ts'
import {historyText} from '../../src/cli/history-text.ts'
import {asciiGlyphs, unicodeGlyphs} from '../../src/tui/text/glyphs.ts'
import {textWidth} from '../../src/tui/text/width.ts'

const hour = 3_600_000
const sinceMs = Date.parse('2026-01-02T03:00:00.000Z')
const look = {cols: 80, glyphs: unicodeGlyphs, bars: unicodeGlyphs, paint: (_role: string, text: string) => text}

type Row = HealthHistoryDocument['rows'][number]
function row(minute: number, latencyMs: number | null, error: string | null = null): Row {
  const timestamp = new Date(sinceMs + minute * 60_000).toISOString()
  return {timestamp, ok: error === null, status: error === null ? 'up' : 'down', latencyMs, error}
}

function history(rows: readonly Row[], change: Partial<HealthHistoryDocument> = {}): HealthHistoryDocument {
  const [since, until] = [new Date(sinceMs).toISOString(), new Date(sinceMs + hour).toISOString()]
  const failures = rows.filter(({ok}) => !ok).length
  return {
    server: 'web',
    since,
    until,
    checks: rows.length,
    failures,
    latency: {p50: 1, p99: 2, max: 80},
    rows,
    ...change,
  }
}

it('draws latency and up or down over the time that was asked for', () => {
  const lines = historyText(
    history([row(0, 0.1), row(29.5, 40), row(30, 5), row(58, 200, 'too late'), row(59, 80)]),
    look,
  ).split('\n')
  const gap = (count: number): string => ' '.repeat(count)
  expect(lines.slice(0, 7)).toEqual([
    'web: 5 looks in the last 1h, 1 bad (20.0 %)',
    'latency p50 1 ms, p99 2 ms, longest 80 ms',
    '',
    `latency  ▁${gap(28)}▅▁${gap(27)}✗█  to 80ms`,
    `up/down  ━${'·'.repeat(28)}━━${'·'.repeat(27)}✗━`,
    `         03:00:00${gap(15)}one cell is 1m${gap(15)}04:00:00 UTC`,
    '         ✗ bad, if only once in that time; · nobody looked',
  ])
})

it('holds nothing against a server that starts, was stopped in order or is switched off', () => {
  const idle = ['starting', 'stopped', 'disabled'].map((status, at) => ({...row(at, null), ok: false, status}))
  const text = historyText(history([...idle, row(59, 1)], {failures: 0}), look)
  expect(text).toContain('4 looks in the last 1h, 0 bad (0 %)')
  expect(text).toMatch(/^up\/down {2}·{59}━$/m)
  expect(text).not.toContain('STATUS')
})

it('needs no more than ASCII where the locale has no more, and is seen there too', () => {
  const text = historyText(history([row(0, 0.1), row(30, 80), row(59, 1, 'bad')]), {...look, bars: asciiGlyphs})
  expect(text).toMatch(/^latency {2}\. {29}# {28}x/m)
  expect(text).toMatch(/^up\/down {2}=-{29}=-{28}x$/m)
  expect(text).not.toMatch(/[^ -~\n]/)
})

it.each([60, 80, 132])('fits %i columns, with hostile names and errors', cols => {
  const rows = Array.from({length: 90}, (_, at) => row(at / 2, 5, `\u001b[2J${'가'.repeat(100)}`))
  const lines = historyText(history(rows, {server: `\u202e${'x'.repeat(300)}`}), {...look, cols}).split('\n')
  for (const line of lines) expect(textWidth(line), line).toBeLessThanOrEqual(cols)
  expect(lines.join('')).not.toContain('\u001b')
  expect(lines.at(-1)).toBe('… and 70 earlier ones')
})

it('says what it does not know', () => {
  expect(historyText(history([]), look)).toBe('web: nothing was seen of it in the last 1h')
  expect(historyText(history([row(3, null)], {latency: null}), look)).toContain('only changes of its status are known')
})
