import {expect, it} from 'vitest'
import {type FrameLook, healthFrame} from '../../src/cli/health-frame.ts'
import {asciiGlyphs, unicodeGlyphs} from '../../src/tui/text/glyphs.ts'
import {textWidth} from '../../src/tui/text/width.ts'
import {server, snapshot, startedAt} from '../diagnostics/world.ts'
import fc from '../helpers/properties.ts'

const now = Date.parse(startedAt) + 90_000
const look: FrameLook = {cols: 80, rows: 23, glyphs: unicodeGlyphs, paint: (_role, text) => text, now}
const many = (count: number, change: (index: number) => Parameters<typeof server>[0] = () => ({})) =>
  Array.from({length: count}, (_, index) => server({id: `server-${index}`, ...change(index)}))

it('counts the servers above a line for each', () => {
  const view = {snapshot: snapshot([server(), server({id: 'web', status: 'down'})]), lost: null}
  const [head, titles, ...rows] = healthFrame(view, look)
  expect(head).toMatch(/^03:05:35 {2}running {2}2 servers: 1 down, 1 up {2}only1mcp 1\.0\.0 on 127\.0\.0\.1:8080/)
  expect(titles).toMatch(/^SERVER +TRANSPORT +.*STATUS/)
  expect(rows.map(row => row.split(' ')[0])).toEqual(['github', 'web'])
})

it('shows what is down first when not all fit, and says how many of what are not shown', () => {
  const servers = many(100, index => ({status: index === 97 ? 'crash_loop' : index < 50 ? 'disabled' : 'up'}))
  const lines = healthFrame({snapshot: snapshot(servers), lost: null}, look)
  expect(lines).toHaveLength(23)
  expect(lines[2]).toMatch(/^server-97 .*crash_loop/)
  expect(lines[3]).toMatch(/^server-50 .*up/)
  expect(lines.at(-1)).toBe('… 80 more not shown: 30 up, 50 disabled')
})

it('keeps the last state of a runtime that is gone, and says since when and why', () => {
  const lost = {sinceMs: now - 12_000, code: 'NO_RUNTIME', why: 'no runtime \u001b[2J is running'}
  const lines = healthFrame({snapshot: snapshot([server()]), lost}, look)
  expect(lines[0]).toContain('  gone  1 server: 1 up')
  expect(lines[1]).toMatch(/^runtime gone since 03:05:23 \(12s\), last state of \d\d:\d\d:\d\d kept$/)
  expect(lines[2]).toBe('no runtime ␛[2J is running')
  expect(lines.at(-1)).toMatch(/^github /)
})

it('calls a runtime silent that accepts and does not answer', () => {
  const lost = {sinceMs: now, code: 'CONTROL_TIMEOUT', why: 'did not answer'}
  expect(healthFrame({snapshot: snapshot([server()]), lost}, look)[1]).toMatch(/^runtime silent since/)
})

it('says that there are none', () => {
  expect(healthFrame({snapshot: snapshot([]), lost: null}, look)[1]).toBe('no servers are configured')
})

it('never leaves the screen, whatever its size and whatever servers are called', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({unit: 'binary', maxLength: 80}), {maxLength: 30}),
      fc.integer({min: 1, max: 160}),
      fc.integer({min: 1, max: 40}),
      fc.boolean(),
      fc.boolean(),
      (ids, cols, rows, gone, ascii) => {
        const servers = ids.map(id => server({id, lastError: {at: startedAt, kind: 'X', message: id, blame: 'proxy'}}))
        const lost = gone ? {sinceMs: now, code: 'X', why: ids.join()} : null
        const glyphs = ascii ? asciiGlyphs : unicodeGlyphs
        const recent = (): string => '▁'.repeat(16)
        const lines = healthFrame({snapshot: snapshot(servers), lost}, {...look, cols, rows, glyphs, recent})
        expect(lines.length).toBeLessThanOrEqual(rows)
        for (const line of lines) {
          expect(textWidth(line)).toBeLessThanOrEqual(cols)
          expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
        }
      },
    ),
  )
})
