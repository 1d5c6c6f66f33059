import {createRequire} from 'node:module'
import * as Ink from 'ink'
import {type ComponentType, Fragment, type PropsWithChildren, type ReactElement} from 'react'

/** One row of a small table: texts, named by the column titles. */
export type StaticRow = object

interface TableProps {
  readonly data: readonly StaticRow[]
  readonly columns?: readonly string[]
  readonly padding?: number
  readonly header?: ComponentType<PropsWithChildren>
  readonly cell?: ComponentType<PropsWithChildren<{readonly column: number}>>
  readonly skeleton?: ComponentType<PropsWithChildren>
}

const Table = loadTable()

/**
 * ink-table is CommonJS and requires Ink, which is an ES module that awaits at its top: that require always fails. So
 * Ink's namespace, which is loaded already, is put where that require will look. React is one instance either way.
 */
function loadTable(): ComponentType<TableProps> {
  const require = createRequire(import.meta.url)
  const path = require.resolve('ink-table')
  const inside = createRequire(path)
  const inkPath = inside.resolve('ink')
  const cached = Object.assign(Object.create(Object.prototype), {
    id: inkPath,
    filename: inkPath,
    loaded: true,
    exports: Ink,
  })
  inside.cache[inkPath] ??= cached
  return (inside(path) as {default: ComponentType<TableProps>}).default
}

/**
 * A small table that does not change: at most some thirty rows. It neither scrolls nor measures wide characters, so its
 * cells are cut and safe before; live tables are lines (`views/list-lines.ts`). Without rules between the rows.
 */
export function StaticTable({
  rows,
  columns,
}: {
  readonly rows: readonly StaticRow[]
  readonly columns: readonly string[]
}): ReactElement {
  return <Table data={rows} columns={columns} padding={1} header={Heading} cell={Cell} skeleton={NoRule} />
}

function Heading({children}: PropsWithChildren): ReactElement {
  return <Ink.Text wrap="truncate">{`\u001b[2m${String(children)}\u001b[22m`}</Ink.Text>
}

/** The first column, the name, stands out. */
function Cell({children, column}: PropsWithChildren<{readonly column: number}>): ReactElement {
  const text = String(children)
  return <Ink.Text wrap="truncate">{column === 0 ? `\u001b[1m${text}\u001b[22m` : text}</Ink.Text>
}

/** No borders: the screen is small. */
function NoRule(): ReactElement {
  return <Fragment />
}
