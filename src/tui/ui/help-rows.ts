import {type KeyBinding, keyLabel, keymap, type Scope} from '../keymap.ts'
import type {Glyphs} from '../text/glyphs.ts'
import {fitText} from '../text/line.ts'
import type {Size} from './state.ts'

/** Cells that one column of keys and words takes, the padding of its table included. */
export const helpColumnCols = 40
const keyCells = 14
const paddingCells = 4

const places: Partial<Record<Scope, string>> = {
  filter: 'filter: ',
  confirm: 'question: ',
  'typed-name': 'name: ',
  help: 'help: ',
}

export interface HelpRow {
  readonly KEY: string
  readonly DOES: string
}

/** Every key of the keymap, in its order: nothing can be bound that help does not show. */
export function helpRows(glyphs: Glyphs): HelpRow[] {
  return keymap.map(binding => ({
    KEY: fitText(binding.keys.map(keyLabel).join(' '), keyCells, glyphs.cut).trimEnd(),
    DOES: fitText(placeOf(binding) + binding.does, helpColumnCols - keyCells - paddingCells, glyphs.cut).trimEnd(),
  }))
}

/** Where a key counts, if that is only while a question, a filter or help is open. */
function placeOf({scopes}: KeyBinding): string {
  return scopes.length <= 2 ? (places[scopes[0] ?? 'list'] ?? '') : ''
}

export interface HelpFit {
  readonly columns: number
  readonly rowsPerColumn: number
  /** Rows in the longest column, those scrolled away included. */
  readonly lines: number
}

export function helpFit({cols, rows}: Size, count = keymap.length): HelpFit {
  const columns = Math.max(1, Math.floor(cols / helpColumnCols))
  return {columns, rowsPerColumn: Math.max(1, rows - 1), lines: Math.ceil(count / columns)}
}

/** The rows of each column. Scrolling moves all columns alike. */
export function helpColumns(rows: readonly HelpRow[], fit: HelpFit, top: number): HelpRow[][] {
  const columns: HelpRow[][] = []
  for (let i = 0; i < rows.length; i += fit.lines) {
    columns.push(rows.slice(i, i + fit.lines).slice(top, top + fit.rowsPerColumn))
  }
  return columns
}
