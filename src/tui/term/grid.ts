import type {StyledLine} from '../text/line.ts'
import {charWidth} from '../text/width.ts'
import {applySgr, type Style, styleOf} from './style.ts'

export interface Rect {
  readonly x: number
  readonly y: number
  readonly cols: number
  readonly rows: number
}

const unfit = /[\p{C}\p{Zl}\p{Zp}]/u
const notAscii = /[^\u0020-\u007e]/

/**
 * A screen as cells: what each shows and how. The second half of a wide character is an empty string. Nothing can leave
 * the grid: text that does not fit is cut, and what is not printable becomes `?` (the second gate; the first is at the
 * store's door).
 */
export class Grid {
  readonly cols: number
  readonly rows: number
  readonly chars: string[]
  readonly styles: Uint8Array
  readonly #ascii: boolean

  constructor(cols: number, rows: number, ascii = false) {
    this.cols = cols
    this.rows = rows
    this.chars = new Array<string>(cols * rows).fill(' ')
    this.styles = new Uint8Array(cols * rows)
    this.#ascii = ascii
  }

  /** Writes text from (x, y) on, at most up to `endX`. Returns where it ended. */
  put(x: number, y: number, text: string, style: Style, endX = this.cols): number {
    if (y < 0 || y >= this.rows) return x
    const limit = Math.min(endX, this.cols)
    let at = x
    if (!notAscii.test(text)) {
      for (let i = 0; i < text.length && at < limit; i++) this.#set(at++, y, text.charAt(i), style)
      return at
    }
    for (const char of text) {
      const codePoint = char.codePointAt(0) ?? 0
      const width = charWidth(codePoint)
      if (width === 0) {
        this.#append(at, y, char)
        continue
      }
      if (at + width > limit) break
      const fit = unfit.test(char) ? '?' : this.#ascii && codePoint > 0x7e ? '?'.repeat(width) : char
      if (width === 2 && fit.length === 2 && this.#ascii) {
        this.#set(at++, y, '?', style)
        this.#set(at++, y, '?', style)
        continue
      }
      this.#set(at++, y, fit, style)
      if (width === 2) this.#set(at++, y, '', style)
    }
    return at
  }

  /** Paints lines into a rectangle and blanks the rest of it. */
  putLines(rect: Rect, lines: readonly StyledLine[]): void {
    for (let row = 0; row < rect.rows; row++) {
      const endX = rect.x + rect.cols
      let x = rect.x
      for (const span of lines[row] ?? []) x = this.put(x, rect.y + row, span.text, styleOf(span), endX)
      if (x < endX) this.put(x, rect.y + row, ' '.repeat(endX - x), 0, endX)
    }
  }

  /** Paints a frame of text and SGR sequences, as Ink writes it; every other sequence is dropped. */
  putFrame(frame: string): void {
    let y = 0
    let x = 0
    let style: Style = 0
    for (const [, sequence, kind, text] of frame.matchAll(frameToken)) {
      if (kind === 'm') style = applySgr(style, (sequence ?? '').slice(2, -1))
      else if (text === '\n') {
        y++
        x = 0
      } else if (text !== undefined) x = this.put(x, y, text, style)
    }
  }

  /** Copies a rectangle of another grid of this size. */
  copy(from: Grid, rect: Rect): void {
    for (let y = rect.y; y < Math.min(rect.y + rect.rows, this.rows); y++) {
      for (let x = rect.x; x < Math.min(rect.x + rect.cols, this.cols); x++) {
        const i = y * this.cols + x
        this.chars[i] = from.chars[i] ?? ' '
        this.styles[i] = from.styles[i] ?? 0
      }
    }
  }

  /** A row as plain text, for tests and people. */
  rowText(y: number): string {
    return this.chars.slice(y * this.cols, (y + 1) * this.cols).join('')
  }

  #set(x: number, y: number, char: string, style: Style): void {
    const i = y * this.cols + x
    this.chars[i] = char
    this.styles[i] = style
  }

  /** A combining mark joins the cell before it; at the start of a row it is dropped. */
  #append(x: number, y: number, mark: string): void {
    if (this.#ascii || mark === '\ufe0f' || unfit.test(mark)) return // FE0F only asks for another width
    let i = y * this.cols + x - 1
    if (x > 0 && this.chars[i] === '') i--
    if (x <= 0 || (this.chars[i]?.length ?? 8) > 6) return
    this.chars[i] += mark
  }
}

// A CSI sequence (the final byte tells SGR), any other escape, a line break, or a run of text.
const frameToken = /(\u001b\[[0-?]*[ -/]*([@-~]))|\u001b[^[]?|(\n|[^\u001b\n]+)/g
