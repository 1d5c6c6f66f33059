import {Box} from 'ink'
import type {ReactElement} from 'react'
import type {Glyphs} from '../text/glyphs.ts'
import {helpColumnCols, helpColumns, helpFit, helpRows} from './help-rows.ts'
import {StaticTable} from './static-table.tsx'

interface HelpProps {
  readonly cols: number
  readonly rows: number
  /** Lines scrolled away. */
  readonly top: number
  readonly glyphs: Glyphs
}

/** The keymap as tables side by side, as many as fit; scrolled where they do not. */
export function Help({cols, rows, top, glyphs}: HelpProps): ReactElement {
  const columns = helpColumns(helpRows(glyphs), helpFit({cols, rows}), top)
  return (
    <Box flexDirection="row">
      {columns.map((table, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <Box key={index} width={Math.min(helpColumnCols, cols)} flexShrink={0} overflow="hidden">
          <StaticTable rows={table} columns={['KEY', 'DOES']} />
        </Box>
      ))}
    </Box>
  )
}
