import {describe, expect, test} from 'vitest'
import {fitLine, fitText, lineWidth, span, wrapText} from '../../../src/tui/text/line.ts'
import {cutText, textWidth} from '../../../src/tui/text/width.ts'
import fc from '../../helpers/properties.ts'
import {Screen} from '../../helpers/screen.ts'

const anyText = fc.string({unit: 'grapheme', maxLength: 60})

describe('widths', () => {
  test.each([
    ['plain', 5],
    ['漢字', 4],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    ['e\u0301', 1],
    ['👍', 2],
    ['│█…', 3],
    ['', 0],
  ])('%s takes %i cells', (text, cells) => {
    expect(textWidth(text)).toBe(cells)
  })

  test('agree with a terminal on the scripts of the world', async () => {
    for (const text of ['漢字かな', '한국어', 'Ελληνικά', 'Русский', 'ｱｲｳ', 'äöü', '┌─┐', '，。']) {
      const screen = new Screen(40, 1)
      screen.feed(`${text}|`)
      await screen.settled()
      expect(screen.lines()[0]).toBe(`${text}|`)
      expect(screen.cursorX()).toBe(textWidth(text) + 1)
    }
  })

  test('a cut text is never wider than asked for, and is a start of the text', () => {
    fc.assert(
      fc.property(anyText, fc.nat(40), (text, cells) => {
        const cut = cutText(text, cells)
        expect(textWidth(cut)).toBeLessThanOrEqual(cells)
        expect(text.startsWith(cut)).toBe(true)
      }),
    )
  })

  test('a fitted text has exactly the width, for any text and any width', () => {
    fc.assert(
      fc.property(anyText, fc.nat(40), fc.constantFrom('left' as const, 'right' as const), (text, cells, align) => {
        expect(textWidth(fitText(text, cells, '…', align))).toBe(cells)
      }),
    )
  })

  test('a fitted line is never wider than the screen', () => {
    fc.assert(
      fc.property(fc.array(anyText, {maxLength: 6}), fc.nat(60), (texts, cols) => {
        expect(
          lineWidth(
            fitLine(
              texts.map(text => span(text)),
              cols,
              '…',
            ),
          ),
        ).toBeLessThanOrEqual(cols)
      }),
    )
  })

  test('wrapped text loses nothing but spaces, and no line is too wide', () => {
    fc.assert(
      fc.property(anyText, fc.integer({min: 2, max: 30}), (text, width) => {
        const lines = wrapText(text, width)
        for (const line of lines) expect(textWidth(line)).toBeLessThanOrEqual(width)
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''))
      }),
      {examples: [['\u3000 ', 2]]},
    )
  })
})
