import type {Grid} from './grid.ts'
import {sgr} from './style.ts'

const begin = '\u001b[?2026h'
const end = '\u001b[?2026l'
/** Unchanged cells that are cheaper to send again than to jump over. */
const shortGap = 4
const plainAscii = /^[\u0020-\u007e]$/

/**
 * What to send so that a terminal that shows `before` shows `after`: the changed cells only, as one synchronised update
 * (DEC 2026). Empty when nothing changed. Without `before` the screen is cleared first.
 *
 * After every cell that is not plain ASCII the cursor is placed anew: terminals do not agree on widths, and so a
 * disagreement stays in its cell.
 */
export function diffGrids(before: Grid | undefined, after: Grid, colours: boolean): string {
  const same = before !== undefined && before.cols === after.cols && before.rows === after.rows ? before : undefined
  let out = same === undefined ? '\u001b[0m\u001b[2J' : ''
  let style = same === undefined ? 0 : -1
  let cursor = -1
  for (let y = 0; y < after.rows; y++) {
    const row = y * after.cols
    let x = 0
    while (x < after.cols) {
      if (!changed(same, after, row + x)) {
        x++
        continue
      }
      let i = row + x
      // A wide character is sent from its first half.
      if (after.chars[i] === '' && x > 0) i--
      if (cursor !== i) {
        const from = cursor
        const gap = from >= row && from < i && i - from <= shortGap ? gapText(after, from, i, style) : undefined
        out += gap ?? `\u001b[${y + 1};${i - row + 1}H`
      }
      const char = after.chars[i] ?? ' '
      const cells = after.chars[i + 1] === '' && i + 1 < row + after.cols ? 2 : 1
      const own = after.styles[i] ?? 0
      if (own !== style) {
        out += sgr(own, colours)
        style = own
      }
      if (plainAscii.test(char)) {
        out += char
        cursor = i + 1 < row + after.cols ? i + 1 : -1 // at the margin terminals differ on where the cursor is
      } else {
        if (cells === 2) out += `  \u001b[${y + 1};${i - row + 1}H`
        out += char
        cursor = -1
      }
      x = i - row + cells
    }
  }
  return out === '' ? '' : `${begin}${out}\u001b[0m${end}`
}

function changed(before: Grid | undefined, after: Grid, i: number): boolean {
  if (before === undefined) return after.chars[i] !== ' ' || after.styles[i] !== 0
  return before.chars[i] !== after.chars[i] || before.styles[i] !== after.styles[i]
}

/** The cells between, if they are plain and of the style that is set. */
function gapText(after: Grid, from: number, to: number, style: number): string | undefined {
  let text = ''
  for (let i = from; i < to; i++) {
    const char = after.chars[i] ?? ''
    if (after.styles[i] !== style || !plainAscii.test(char)) return undefined
    text += char
  }
  return text
}
