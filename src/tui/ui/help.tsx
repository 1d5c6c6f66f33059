import {Box} from 'ink'
import type {ReactElement} from 'react'
import {type KeyBinding, keyLabel, keymap, type Scope} from '../keymap.ts'
import type {Glyphs} from '../text/glyphs.ts'
import {fitText} from '../text/line.ts'
import {type StaticRow, StaticTable} from './static-table.tsx'

/** Room that one column of keys and words takes, its padding included. */
const columnCols = 40
const keyCells = 13
const perColumnChrome = 1 // the heading

const places: Partial<Record<Scope, string>> = {
  filter: 'filter: ',
  confirm: 'question: ',
  'typed-name': 'question: ',
  help: 'help: ',
}

/** Every key of the keymap, in its order: nothing can be bound that help does not show. */
export function helpRows(glyphs: Glyphs): StaticRow[] {
  const words = columnCols - keyCells - 5
  return keymap.map(binding => ({
    KEY: fitText(binding.keys.map(keyLabel).join(' '), keyCells, glyphs.cut).trimEnd(),
    DOES: fitText(placeOf(binding) + binding.does, words, glyphs.cut).trimEnd(),
  }))
}

/** Where a key counts, if that is only while a question or a filter is open. */
function placeOf({scopes}: KeyBinding): string {
  return scopes.length <= 2 ? (places[scopes[0] ?? 'list'] ?? '') : ''
}

export interface HelpFit {
  readonly columns: number
  readonly rowsPerColumn: number
}

export function helpFit(cols: number, rows: number): HelpFit {
  return {columns: Math.max(1, Math.floor(cols / columnCols)), rowsPerColumn: Math.max(1, rows - perColumnChrome)}
}

interface HelpProps {
  readonly cols: number
  readonly rows: number
  /** Lines scrolled away. */
  readonly top: number
  readonly glyphs: Glyphs
}

/** The keymap as tables side by side, as many as fit; scrolled where they do not. */
export function Help({cols, rows, top, glyphs}: HelpProps): ReactElement {
  const {columns, rowsPerColumn} = helpFit(cols, rows)
  const all = helpRows(glyphs).slice(top * columns)
  const filled = Math.min(rowsPerColumn, Math.ceil(all.length / columns))
  const tables = Array.from({length: columns}, (_, i) => all.slice(i * filled, (i + 1) * filled)).filter(
    each => each.length > 0,
  )
  return (
    <Box flexDirection="row">
      {tables.map(table => (
        <Box key={table[0]?.['KEY']} width={Math.min(columnCols, cols)} flexShrink={0}>
          <StaticTable rows={table} columns={['KEY', 'DOES']} />
        </Box>
      ))}
    </Box>
  )
}
