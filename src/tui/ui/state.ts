import type {Action} from '../../control/action.ts'
import type {Scope} from '../keymap.ts'
import type {Role} from '../text/line.ts'
import {views} from '../views/catalogue.ts'
import type {View} from '../views/view.ts'

export interface Size {
  readonly cols: number
  readonly rows: number
}

/** Where a list stands. The row is named, not numbered: it stays under the cursor while others come and go. */
export interface ListState {
  /** null: the first row, or with `follow` the last. */
  readonly selected: string | null
  /** The cursor's line on the screen, from the first row on. */
  readonly offset: number
  readonly follow: boolean
  readonly filter: string
}

export type Overlay =
  | {readonly kind: 'help'; readonly top: number}
  | {readonly kind: 'confirm'; readonly action: Action; readonly typed: string}

export interface Toast {
  readonly text: string
  readonly role: Role
}

/** All that the operator has chosen; nothing of what the runtime says. */
export interface UiState {
  readonly view: View
  readonly lists: Readonly<Record<string, ListState>>
  /** The opened row; kept so that it can be read after it has left the list. */
  readonly detail: {readonly key: string; readonly row: unknown} | null
  /** First line shown of a document or a detail. */
  readonly scroll: number
  readonly editing: boolean
  readonly paused: boolean
  readonly overlay: Overlay | null
  readonly toast: Toast | null
}

const [firstView] = views as [View, ...View[]]

export const initialUi: UiState = {
  view: firstView,
  lists: Object.fromEntries(
    views.flatMap(view =>
      view.kind === 'list' ? [[view.id, {selected: null, offset: 0, follow: view.follows, filter: ''}]] : [],
    ),
  ),
  detail: null,
  scroll: 0,
  editing: false,
  paused: false,
  overlay: null,
  toast: null,
}

/** Where the next key counts. */
export function scopeOf(ui: UiState): Scope {
  if (ui.overlay?.kind === 'help') return 'help'
  if (ui.overlay !== null) return ui.overlay.action.confirm === 'typed-name' ? 'typed-name' : 'confirm'
  if (ui.editing) return 'filter'
  return ui.detail === null ? ui.view.kind : 'detail'
}

export function listState(ui: UiState, id: string): ListState {
  return ui.lists[id] ?? {selected: null, offset: 0, follow: false, filter: ''}
}
