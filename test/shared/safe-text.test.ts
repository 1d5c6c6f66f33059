import {describe, expect, it} from 'vitest'
import {safeText} from '../../src/shared/safe-text.ts'
import fc from '../helpers/properties.ts'

/** What must never reach a terminal: controls, bidi and invisible characters, lone halves of a pair. */
const dangerous =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\p{Surrogate}|[\u{e0000}-\u{e007f}]/u

const nasty = fc.constantFrom(
  '\u001b',
  '\u001b[2J',
  '\u009b',
  '\r',
  '\n',
  '\0',
  '\u202e',
  '\u200b',
  '\ud800',
  '\udc00',
  '😀',
  'e\u0301',
  '\u0301',
  'a',
  '\u{e0041}',
  '\ufeff',
  '\ufe0f',
)
const hostile = fc.array(fc.oneof(nasty, fc.string({unit: 'binary'})), {maxLength: 40}).map(parts => parts.join(''))

describe('safe text', () => {
  it.each([
    ['plain text, 1 < 2', 'plain text, 1 < 2'],
    ['é ü 漢字 😀', 'é ü 漢字 😀'],
    ['\u001b[31mred\u001b[0m', '␛[31mred␛[0m'],
    ['a\r\nb\tc\0', 'a␍␊b␉c␀'],
    ['\u007f\u009b1m', '␡<U+009B>1m'],
    ['abc\u202ecba', 'abc<U+202E>cba'],
    ['a\u200bb\ufeff', 'a<U+200B>b<U+FEFF>'],
    ['\u{e0041}', '<U+E0041>'],
    ['\ud83d', '<U+D83D>'],
    ['\u001b]8;;http://evil\u0007x', '␛]8;;http://evil␇x'],
    ['e\u0301', 'é'],
    [`x${'\u0336'.repeat(40)}`, `x${'\u0336'.repeat(3)}`],
  ])('of %j shows %j', (text, shown) => {
    expect(safeText(text)).toBe(shown)
  })

  it('shows control characters in ASCII for terminals that have no other', () => {
    expect(safeText('\u001b[0m\r\u007f', {ascii: true})).toBe('^[[0m^M^?')
  })

  it('holds nothing dangerous, is never longer than asked, and is safe text already', () => {
    fc.assert(
      fc.property(hostile, fc.integer({min: 1, max: 60}), (text, max) => {
        for (const limit of [max, 4096]) {
          const safe = safeText(text, {max: limit})
          expect(safe).not.toMatch(dangerous)
          expect(safe.length).toBeLessThanOrEqual(limit)
          expect(safeText(safe, {max: limit})).toBe(safe)
        }
      }),
      {numRuns: 3000},
    )
  })

  it('says by an ellipsis that it was cut', () => {
    expect(safeText('abcdef', {max: 4})).toBe('abc…')
    expect(safeText('abcd', {max: 4})).toBe('abcd')
    expect(safeText('a'.repeat(5000)).length).toBe(4096)
  })
})
