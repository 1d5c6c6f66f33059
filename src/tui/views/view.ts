import type {Data} from '../store/data.ts'
import type {ColumnSize} from '../text/columns.ts'
import type {Glyphs} from '../text/glyphs.ts'
import type {Span, StyledLine} from '../text/line.ts'

/** One column of a live table. */
export interface Column<Row> extends ColumnSize {
  readonly title: string
  readonly align?: 'left' | 'right'
  /** Text comes cut to the column; it is SafeText already. */
  readonly cell: (row: Row, context: ViewContext) => Span
}

export interface ViewContext {
  readonly data: Data
  readonly glyphs: Glyphs
  /** `2026-03-02`, the day of the last snapshot: times of that day are shown without it. */
  readonly today: string
}

/** A view that is a text of its own height, scrolled as one. */
export interface DocumentView {
  readonly kind: 'document'
  readonly id: string
  readonly title: string
  readonly lines: (context: ViewContext, cols: number) => readonly StyledLine[]
}

/** A view that is a table of rows, with a cursor, a filter and a detail of the row under the cursor. */
export interface ListView<Row> {
  readonly kind: 'list'
  readonly id: string
  readonly title: string
  /** What one row is called: `no request yet`. */
  readonly noun: string
  /** New rows come at the end, and the screen may follow them. */
  readonly follows: boolean
  readonly count: (data: Data) => number
  readonly rowAt: (data: Data, index: number) => Row | undefined
  /** Names the row while others come and go. */
  readonly key: (row: Row) => string
  /** What the filter looks at. */
  readonly text: (row: Row) => string
  readonly columns: readonly Column<Row>[]
  readonly detail: (row: Row, context: ViewContext, cols: number) => readonly StyledLine[]
}

// biome-ignore lint/suspicious/noExplicitAny: a catalogue of views over different rows; each is consistent in itself
export type View = DocumentView | ListView<any>
