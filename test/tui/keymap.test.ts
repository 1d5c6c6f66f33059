import {describe, expect, test} from 'vitest'
import {commandFor, keyLabel, keymap, scopes} from '../../src/tui/keymap.ts'
import {unicodeGlyphs} from '../../src/tui/text/glyphs.ts'
import {helpColumns, helpFit, helpRows} from '../../src/tui/ui/help-rows.ts'
import {views} from '../../src/tui/views/catalogue.ts'

describe('the table of keys', () => {
  test.each(scopes)('means one thing by a key in %s', scope => {
    const keys = keymap.filter(binding => binding.scopes.includes(scope)).flatMap(binding => binding.keys)
    expect(keys).toEqual([...new Set(keys)])
  })

  test('gives each view its number, in the order of the catalogue', () => {
    expect(views.map((_, index) => commandFor(String(index + 1), 'list'))).toEqual(views.map(view => `view:${view.id}`))
  })

  test('leads out of everything: ctrl-c quits wherever one is', () => {
    expect(scopes.map(scope => commandFor('ctrl+c', scope))).toEqual(scopes.map(() => 'quit'))
  })

  test('is listed in help as a whole, every key and word uncut', () => {
    const rows = helpRows(unicodeGlyphs)
    expect(rows).toHaveLength(keymap.length)
    for (const [index, binding] of keymap.entries()) {
      expect(rows[index]?.KEY).toBe(binding.keys.map(keyLabel).join(' '))
      expect(rows[index]?.DOES).toContain(binding.does)
    }
  })

  test.each([
    [80, 21],
    [120, 36],
    [40, 7],
    [20, 2],
  ])('is reachable in help on %i cells and %i lines, by scrolling where it has to be', (cols, rows) => {
    const fit = helpFit({cols, rows})
    const seen = new Set<string>()
    for (let top = 0; top <= Math.max(0, fit.lines - fit.rowsPerColumn); top++) {
      for (const column of helpColumns(helpRows(unicodeGlyphs), fit, top)) {
        expect(column.length).toBeLessThanOrEqual(fit.rowsPerColumn)
        for (const row of column) seen.add(`${row.KEY} ${row.DOES}`)
      }
    }
    expect(seen.size).toBe(keymap.length)
  })
})
