import type {ListPlace} from '../views/list-lines.ts'
import type {ListView} from '../views/view.ts'
import type {ListState} from './state.ts'

/** Where the cursor and the top of a list are, for these rows and this many lines of rows. */
export function placeList<Row>(view: ListView<Row>, list: ListState, rows: readonly Row[], height: number): ListPlace {
  if (rows.length === 0) return {top: 0, cursor: -1}
  const cursor = list.follow ? rows.length - 1 : Math.max(0, cursorOf(view, list, rows))
  const offset = list.follow ? height - 1 : Math.min(list.offset, height - 1)
  const top = Math.max(0, Math.min(cursor - Math.max(0, offset), rows.length - height))
  return {top, cursor}
}

/** A row that has left the list was the oldest, or is filtered out: the cursor goes to the start. */
function cursorOf<Row>(view: ListView<Row>, list: ListState, rows: readonly Row[]): number {
  return list.selected === null ? 0 : rows.findIndex(row => view.key(row) === list.selected)
}

/** The list with its cursor `by` rows further, or at an end. Leaving the end of a list that follows stops that. */
export function moveCursor<Row>(
  view: ListView<Row>,
  list: ListState,
  rows: readonly Row[],
  height: number,
  by: number,
): ListState {
  if (rows.length === 0) return list
  const {top, cursor} = placeList(view, list, rows, height)
  const next = Math.max(0, Math.min(rows.length - 1, cursor + by))
  const row = rows[next]
  const newTop = next < top ? next : next >= top + height ? next - height + 1 : top
  return {
    ...list,
    selected: row === undefined ? null : view.key(row),
    offset: next - newTop,
    follow: view.follows && by === Number.POSITIVE_INFINITY,
  }
}
