import {expect, it} from 'vitest'
import {RecentLooks, recentLooks} from '../../src/cli/recent-looks.ts'
import {asciiGlyphs, unicodeGlyphs} from '../../src/tui/text/glyphs.ts'

const at = (second: number): string => new Date(second * 1000).toISOString()

it('draws the newest at the right, failures by their sign', () => {
  const looks = new RecentLooks()
  looks.add('web', {timestamp: at(1), ok: true, latencyMs: 1})
  looks.add('web', {timestamp: at(2), ok: true, latencyMs: 8})
  looks.add('web', {timestamp: at(3), ok: false, latencyMs: 5000})
  expect(looks.bars('web', unicodeGlyphs)).toBe('▂█✗'.padStart(recentLooks))
  expect(looks.bars('web', asciiGlyphs).trim()).toBe('.#x')
  expect(looks.bars('other', unicodeGlyphs)).toBe('')
})

it('takes a probe once, however often it is told, and forgets the oldest', () => {
  const looks = new RecentLooks()
  const probe = {healthy: true, ok: true, at: at(1), latencyMs: 2, error: null, successes: 1, failures: 0}
  expect(looks.empty).toBe(true)
  for (let i = 0; i < 5; i++) looks.note([{id: 'web', probe}])
  expect(looks.bars('web', unicodeGlyphs).trim()).toHaveLength(1)
  for (let i = 2; i < 50; i++) looks.note([{id: 'web', probe: {...probe, at: at(i)}}])
  expect(looks.bars('web', unicodeGlyphs)).toBe('█'.repeat(recentLooks))
})
