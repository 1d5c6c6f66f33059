import type {Data} from '../store/data.ts'
import type {Glyphs} from '../text/glyphs.ts'
import {fitLine, type StyledLine, span} from '../text/line.ts'
import {listLines} from '../views/list-lines.ts'
import {listRows} from '../views/list-rows.ts'
import type {View, ViewContext} from '../views/view.ts'
import type {Layout} from './layout.ts'
import {placeList} from './place.ts'
import type {Shown} from './reduce.ts'
import {listState, type UiState} from './state.ts'

export function contextOf(data: Data, glyphs: Glyphs): ViewContext {
  return {data, glyphs, today: data.snapshot?.at.slice(0, 10) ?? ''}
}

/** The rows of the list in view that pass its filter; none for a document. */
export function rowsOf(ui: UiState, data: Data): readonly unknown[] {
  return ui.view.kind === 'list' ? listRows(ui.view, data, listState(ui, ui.view.id).filter) : []
}

export interface Body extends Shown {
  readonly painted: readonly StyledLine[]
}

/** What stands between tabs and hints: never more lines than it has, never wider. */
export function bodyOf(ui: UiState, context: ViewContext, layout: Layout): Body {
  const {body} = layout
  const rows = rowsOf(ui, context.data)
  const whole = documentLines(ui, context, rows, body.cols)
  if (whole !== undefined) {
    const scroll = Math.max(0, Math.min(ui.scroll, whole.length - body.rows))
    const painted = fitAll(whole.slice(scroll, scroll + body.rows), body.cols, context)
    return {painted, rows, height: body.rows, lines: whole.length}
  }
  if (ui.view.kind !== 'list') return {painted: [], rows, height: body.rows, lines: 0}
  const listRowsShown = body.rows - (layout.pane > 0 ? layout.pane + 1 : 0)
  const height = listRowsShown - 1
  const place = placeList(ui.view, listState(ui, ui.view.id), rows, height)
  const lines = listLines(ui.view, rows, place, context, {cols: body.cols, rows: listRowsShown})
  const row = rows[place.cursor]
  if (layout.pane > 0 && row !== undefined) {
    while (lines.length < listRowsShown) lines.push([])
    lines.push([span(context.glyphs.rule.repeat(body.cols), 'dim')])
    lines.push(...ui.view.detail(row, context, body.cols).slice(0, layout.pane))
  }
  return {painted: fitAll(lines.slice(0, body.rows), body.cols, context), rows, height, lines: rows.length}
}

/** A view or detail that scrolls as a text. */
function documentLines(
  ui: UiState,
  context: ViewContext,
  rows: readonly unknown[],
  cols: number,
): readonly StyledLine[] | undefined {
  const {view, detail} = ui
  if (view.kind === 'document') return view.lines(context, cols)
  if (detail === null) return undefined
  return view.detail(currentRow(view, rows, detail), context, cols)
}

/** As it is now, where it still is in the list. */
function currentRow(
  view: View & {kind: 'list'},
  rows: readonly unknown[],
  detail: {readonly key: string; readonly row: unknown},
): unknown {
  return rows.find(row => view.key(row) === detail.key) ?? detail.row
}

function fitAll(lines: readonly StyledLine[], cols: number, {glyphs}: ViewContext): StyledLine[] {
  return lines.map(line => fitLine(line, cols, glyphs.cut))
}
