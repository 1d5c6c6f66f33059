import {stripVTControlCharacters} from 'node:util'
import {writeNow} from '../shared/write-now.ts'
import {textWidth} from '../tui/text/width.ts'

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
/** DEC mode 2026: a terminal that knows it shows the whole at once; others pass over it. */
const together = ['\u001b[?2026h', '\u001b[?2026l'] as const
const clearRest = '\u001b[K'
const clearBelow = '\u001b[J'

/** `process.stdout` on a terminal. */
export interface BlockOutput {
  readonly fd: number
  readonly columns: number
}

/**
 * Some lines of a terminal that are written over in place: no alternate screen, and while its size stays nothing is
 * cleared but the ends of lines, so that nothing flickers. What stood above stays. The cursor waits, hidden, on the line below.
 */
export class LiveBlock {
  readonly #output: BlockOutput
  #shown: readonly string[] = []
  #columns = 0
  #hidden = false

  constructor(output: BlockOutput) {
    this.#output = output
  }

  /**
   * @param lines fewer than the terminal has, none wider than it
   * @returns false where the terminal is gone
   */
  draw(lines: readonly string[]): boolean {
    const {columns} = this.#output
    const kept = columns === this.#columns || this.#shown.length === 0
    const changed = lines.map((line, index) => (kept && line === this.#shown[index] ? '' : `${line}${clearRest}`))
    const text = [
      this.#hidden ? '' : hideCursor,
      this.#toTop(),
      // What a change of width has broken in two stays joined for the terminal until it is cleared as a whole.
      kept ? '' : clearBelow,
      ...changed.map(line => `\r${line}\r\n`),
      // Blank lines instead would scroll a terminal that became lower.
      lines.length < this.#shown.length ? clearBelow : '',
    ]
    this.#shown = lines
    this.#columns = columns
    this.#hidden = true
    return writeNow(this.#output.fd, `${together[0]}${text.join('')}${together[1]}`)
  }

  /** The next block begins where the cursor is: another program has written meanwhile. */
  forget(): void {
    this.#shown = []
    this.#hidden = false
  }

  /** Gives the cursor back, below what was drawn last. Twice without harm. */
  leave(): void {
    if (this.#hidden) writeNow(this.#output.fd, `\r${clearRest}${showCursor}`)
    this.#hidden = false
  }

  /** A terminal that became narrower has broken our lines in two. */
  #toTop(): string {
    const {columns} = this.#output
    const rowsOf = (line: string): number =>
      Math.max(1, Math.ceil(textWidth(stripVTControlCharacters(line)) / Math.max(1, columns)))
    return up(this.#shown.reduce((sum, line) => sum + rowsOf(line), 0))
  }
}

function up(rows: number): string {
  return rows === 0 ? '' : `\u001b[${rows}A`
}
