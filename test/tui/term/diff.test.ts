import {describe, expect, test} from 'vitest'
import {diffGrids} from '../../../src/tui/term/diff.ts'
import {Grid} from '../../../src/tui/term/grid.ts'
import fc from '../../helpers/properties.ts'
import {Screen} from '../../helpers/screen.ts'
import {hostileTexts} from '../hostile.ts'

// What terminals agree on; the demo's own signs among it.
const letters = fc.constantFrom('a', 'B', ' ', ' ', '1', '─', '█', '…', 'é', '漢', '字')
const put = fc.record({
  x: fc.nat(11),
  y: fc.nat(3),
  text: fc.string({unit: letters, maxLength: 14}),
  style: fc.nat(0x7f),
})

function draw(puts: readonly {x: number; y: number; text: string; style: number}[]): Grid {
  const grid = new Grid(12, 4)
  for (const {x, y, text, style} of puts) grid.put(x, y, text, style)
  // A wide character that another was written over leaves half of itself: such a grid is never painted.
  for (let i = 0; i < grid.chars.length; i++) {
    const half = i % 12 < 11 && grid.chars[i + 1] === ''
    if (/[漢字]/.test(grid.chars[i] ?? '') !== half && grid.chars[i] !== '') grid.chars[i] = '.'
    if (grid.chars[i] === '' && !/[漢字]/.test(i % 12 > 0 ? (grid.chars[i - 1] ?? '') : '')) grid.chars[i] = '.'
  }
  return grid
}

describe('the difference of two screens', () => {
  test('turns the one into the other on a terminal, whatever they show', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(put, {maxLength: 6}), {minLength: 2, maxLength: 5}), async frames => {
        const screen = new Screen(12, 4)
        screen.feed('\u001b[?7l')
        let before: Grid | undefined
        for (const frame of frames) {
          const after = draw(frame)
          screen.feed(diffGrids(before, after, true))
          await screen.settled()
          expect(screen.lines()).toEqual([0, 1, 2, 3].map(y => after.rowText(y).trimEnd()))
          before = after
        }
      }),
      {numRuns: 150},
    )
  })

  test('is nothing when nothing changed', () => {
    const draw = (): Grid => {
      const grid = new Grid(20, 3)
      grid.put(0, 1, 'steady 漢', 3)
      return grid
    }
    expect(diffGrids(draw(), draw(), true)).toBe('')
  })

  test('sends a changed digit in a few bytes', () => {
    const before = new Grid(120, 40)
    before.put(50, 20, '12.4 req/s', 0)
    const after = new Grid(120, 40)
    after.put(50, 20, '12.5 req/s', 0)
    expect(diffGrids(before, after, true).length).toBeLessThan(40)
  })

  test('is made of colours, cursor moves and printable text only, for any text', () => {
    for (const text of hostileTexts) {
      const grid = new Grid(30, 2)
      grid.put(0, 0, text, 2)
      grid.putFrame(text)
      const sent = diffGrids(undefined, grid, true)
      const rest = sent.replace(/\u001b\[(?:[\d;]*[mHJ]|\?2026[hl])/g, '')
      expect(rest).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }
  })

  test('has no colour when colours are off, and keeps bold and reverse', () => {
    const grid = new Grid(10, 1)
    grid.put(0, 0, 'bad', 0x12)
    const sent = diffGrids(undefined, grid, false)
    expect(sent).toContain('\u001b[0;1m')
    expect(sent).not.toMatch(/\u001b\[[\d;]*3\d/)
  })
})
