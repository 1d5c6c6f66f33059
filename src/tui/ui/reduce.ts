import type {Command} from '../keymap.ts'
import {views} from '../views/catalogue.ts'
import type {View} from '../views/view.ts'
import {moveCursor, placeList} from './place.ts'
import {initialUi, type ListState, listState, type UiState} from './state.ts'

/** What the screen shows just now: needed to know what "a page" or "the next row" is. */
export interface Shown {
  /** Rows of the list in view, filtered. */
  readonly rows: readonly unknown[]
  /** Lines for rows of a list, or of text in a document. */
  readonly height: number
  /** Lines that the document or detail in view has in all. */
  readonly lines: number
}

/** The state after a command; commands with effects (quit, repaint, suspend, actions) leave it as it is. */
export function reduce(ui: UiState, command: Command, shown: Shown): UiState {
  if (command.startsWith('view:')) return toView(ui, views.find(view => `view:${view.id}` === command) ?? ui.view)
  switch (command) {
    case 'next-view':
      return toView(ui, views[(views.indexOf(ui.view) + 1) % views.length] ?? ui.view)
    case 'previous-view':
      return toView(ui, views[(views.indexOf(ui.view) + views.length - 1) % views.length] ?? ui.view)
    case 'down':
      return move(ui, shown, 1)
    case 'up':
      return move(ui, shown, -1)
    case 'page-down':
      return move(ui, shown, Math.max(1, shown.height - 1))
    case 'page-up':
      return move(ui, shown, -Math.max(1, shown.height - 1))
    case 'top':
      return move(ui, shown, Number.NEGATIVE_INFINITY)
    case 'bottom':
      return move(ui, shown, Number.POSITIVE_INFINITY)
    case 'open':
      return open(ui, shown)
    case 'back':
      return back(ui)
    case 'filter':
      return {...ui, editing: true}
    case 'filter-accept':
      return {...ui, editing: false}
    case 'filter-cancel':
      return setList({...ui, editing: false}, {filter: ''})
    case 'filter-empty':
      return setList(ui, {filter: ''})
    case 'erase':
      return ui.overlay?.kind === 'confirm'
        ? {...ui, overlay: {...ui.overlay, typed: withoutLast(ui.overlay.typed)}}
        : setList(ui, {filter: withoutLast(currentList(ui).filter)})
    case 'follow':
      return ui.view.kind === 'list' && ui.view.follows ? setList(ui, {follow: !currentList(ui).follow}) : ui
    case 'help':
      return {...ui, overlay: {kind: 'help', top: 0}}
    case 'help-close':
    case 'confirm-no':
      return {...ui, overlay: null}
    default:
      return ui
  }
}

/** Text typed or pasted where text is taken: the filter, the name that a confirmation asks for. */
export function typeText(ui: UiState, text: string): UiState {
  const clean = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '').slice(0, 200)
  if (ui.overlay?.kind === 'confirm') return {...ui, overlay: {...ui.overlay, typed: ui.overlay.typed + clean}}
  return ui.editing ? setList(ui, {filter: (currentList(ui).filter + clean).slice(0, 200)}) : ui
}

function withoutLast(text: string): string {
  return [...text].slice(0, -1).join('')
}

function toView(ui: UiState, view: View): UiState {
  return {...ui, view, detail: null, scroll: 0, editing: false, overlay: null}
}

function currentList(ui: UiState): ListState {
  return listState(ui, ui.view.id)
}

function setList(ui: UiState, change: Partial<ListState>): UiState {
  return {...ui, lists: {...ui.lists, [ui.view.id]: {...currentList(ui), ...change}}}
}

function move(ui: UiState, shown: Shown, by: number): UiState {
  if (ui.overlay?.kind === 'help') return {...ui, overlay: {kind: 'help', top: clampScroll(ui.overlay.top + by, shown)}}
  if (ui.view.kind === 'document' || ui.detail !== null) return {...ui, scroll: clampScroll(ui.scroll + by, shown)}
  return setList(ui, moveCursor(ui.view, currentList(ui), shown.rows, shown.height, by))
}

function clampScroll(to: number, shown: Shown): number {
  return Math.max(0, Math.min(to, shown.lines - shown.height))
}

function open(ui: UiState, shown: Shown): UiState {
  if (ui.view.kind !== 'list') return ui
  const {cursor} = placeList(ui.view, currentList(ui), shown.rows, shown.height)
  const row = shown.rows[cursor]
  if (row === undefined) return ui
  // The row is kept under the cursor for the way back, so the list stops following.
  const key = ui.view.key(row)
  const offset = Math.min(cursor, shown.height - 1)
  return {...setList(ui, {selected: key, follow: false, offset}), detail: {key, row}, scroll: 0}
}

/** One step out: the detail, then the filter, then the first view. The caller ends the program when nothing is left. */
function back(ui: UiState): UiState {
  if (ui.detail !== null) return {...ui, detail: null, scroll: 0}
  if (ui.view.kind === 'list' && currentList(ui).filter !== '') return setList(ui, {filter: ''})
  return ui.view === initialUi.view ? ui : toView(ui, initialUi.view)
}
