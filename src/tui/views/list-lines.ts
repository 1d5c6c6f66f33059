import {columnGap, solveColumns} from '../text/columns.ts'
import {fitText, invertLine, type Span, type StyledLine, span} from '../text/line.ts'
import type {ListView, ViewContext} from './view.ts'

export interface ListPlace {
  /** The first row shown. */
  readonly top: number
  /** The row under the cursor, -1 without rows. */
  readonly cursor: number
}

/** A live table: a header and the rows from `top` on, exactly as wide and high as asked for, or less. */
export function listLines<Row>(
  view: ListView<Row>,
  rows: readonly Row[],
  place: ListPlace,
  context: ViewContext,
  size: {readonly cols: number; readonly rows: number},
): StyledLine[] {
  const {cut} = context.glyphs
  const mark = size.cols >= 30 ? 2 : 0
  const widths = solveColumns(view.columns, size.cols - mark)
  const lay = (cell: (index: number) => Span): StyledLine => {
    const line: Span[] = []
    for (const [index, width] of widths.entries()) {
      if (width === 0) continue
      if (line.length > 0) line.push(span(' '.repeat(columnGap)))
      const {text, role} = cell(index)
      line.push(span(fitText(text, width, cut, view.columns[index]?.align), role))
    }
    return line
  }
  const header = [span(' '.repeat(mark)), ...lay(index => span(view.columns[index]?.title ?? '', 'dim'))]
  const shown = rows.slice(place.top, place.top + size.rows - 1).map((row, offset) => {
    const here = place.top + offset === place.cursor
    const line = [
      span(mark === 0 ? '' : here ? `${context.glyphs.cursor} ` : '  '),
      ...lay(index => view.columns[index]?.cell(row, context) ?? span('')),
    ]
    return here ? invertLine(line, size.cols) : line
  })
  if (shown.length === 0) shown.push([span(`${' '.repeat(mark)}no ${view.noun} to show`, 'dim')])
  return [header, ...shown].slice(0, size.rows)
}
