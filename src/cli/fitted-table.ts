import {safeText} from '../shared/safe-text.ts'
import {solveColumns} from '../tui/text/columns.ts'
import type {Glyphs} from '../tui/text/glyphs.ts'
import {fitText} from '../tui/text/line.ts'
import {textWidth} from '../tui/text/width.ts'
import {fitName} from './fit-name.ts'
import type {Paint, Role} from './style.ts'

export interface FittedColumn {
  readonly title: string
  /** 1 stays longest, and is the first to grow, when there is not room for all. */
  readonly priority: number
  /** Cells that it can be narrowed to; without it, it is whole or left out. */
  readonly min?: number
  /** Cells that it gets at most while others are narrowed. */
  readonly max?: number
  readonly align?: 'left' | 'right'
  /** Names are cut in the middle, text at its end. */
  readonly name?: boolean
}

export type Cell = string | {readonly text: string; readonly role: Role}

export interface TableLook {
  /** undefined: as wide as it is. */
  readonly cols: number | undefined
  readonly glyphs: Glyphs
  readonly paint: Paint
}

const longestCell = 200

/**
 * Rows as aligned columns, two spaces apart, never wider than `cols`: the least important columns go, the others are
 * narrowed. What came from elsewhere is made safe.
 * @returns the header and a line for each row
 */
export function fittedTable(columns: readonly FittedColumn[], rows: readonly (readonly Cell[])[], look: TableLook) {
  const {cols, glyphs, paint} = look
  const texts = rows.map(row => columns.map((_, index) => shown(row[index] ?? '', glyphs.ascii)))
  const natural = columns.map(({title}, index) =>
    texts.reduce((most, row) => Math.max(most, textWidth(row[index] ?? '')), title.length),
  )
  const widths = widthsFor(columns, natural, cols)
  const last = widths.findLastIndex(width => width > 0)
  const line = (cells: readonly string[], roles: readonly (Role | undefined)[]): string =>
    cells
      .flatMap((cell, index) => {
        const width = widths[index] ?? 0
        if (width === 0) return []
        const {name, align} = columns[index] ?? {}
        const fitted = fitText(name === true ? fitName(cell, width, glyphs.cut) : cell, width, glyphs.cut, align)
        const text = index === last ? fitted.trimEnd() : fitted
        const role = roles[index]
        return [role === undefined ? text : paint(role, text)]
      })
      .join('  ')
      .trimEnd()
  const head = line(
    columns.map(({title}) => title),
    [],
  )
  return [head, ...texts.map((row, index) => line(row, (rows[index] ?? []).map(roleOf)))]
}

function widthsFor(columns: readonly FittedColumn[], natural: readonly number[], cols: number | undefined): number[] {
  const whole = natural.reduce((sum, width) => sum + width + 2, -2)
  if (cols === undefined || whole <= cols) return [...natural]
  // A cell more for each column, and one more in all, make its gaps of one cell into ours of two.
  const sizes = columns.map(({priority, min, max}, index) => {
    const own = natural[index] ?? 0
    return {priority, min: Math.min(own, min ?? own) + 1, max: Math.min(own, max ?? own) + 1}
  })
  return solveColumns(sizes, cols + 1).map(width => Math.max(0, width - 1))
}

function roleOf(cell: Cell): Role | undefined {
  return typeof cell === 'string' ? undefined : cell.role
}

function shown(cell: Cell, ascii: boolean): string {
  const text = safeText(typeof cell === 'string' ? cell : cell.text, {max: longestCell, ascii})
  return ascii ? asciiText(text) : text
}

/** For a terminal that does not speak UTF-8: what it cannot show is a question mark. */
export function asciiText(text: string): string {
  return text.replace(/[^\u0020-\u007e]/gu, '?')
}
