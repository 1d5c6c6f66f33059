import type {Data} from '../store/data.ts'
import type {ListView} from './view.ts'

interface Cached {
  readonly version: number
  readonly filter: string
  readonly rows: readonly unknown[]
}

const cache = new WeakMap<Data, Map<string, Cached>>()

/**
 * The rows of a view that match its filter, in order. Words are looked for without regard to case, all of them; `!word`
 * keeps only rows without it. Computed once for each version of the data.
 */
export function listRows<Row>(view: ListView<Row>, data: Data, filter: string): readonly Row[] {
  const ofData = cache.get(data) ?? new Map<string, Cached>()
  cache.set(data, ofData)
  const known = ofData.get(view.id)
  if (known !== undefined && known.version === data.version && known.filter === filter) return known.rows as Row[]
  const matches = filterOf(filter)
  const rows: Row[] = []
  for (let i = 0; i < view.count(data); i++) {
    const row = view.rowAt(data, i)
    if (row !== undefined && matches(view, row)) rows.push(row)
  }
  ofData.set(view.id, {version: data.version, filter, rows})
  return rows
}

function filterOf(filter: string): <Row>(view: ListView<Row>, row: Row) => boolean {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return () => true
  return (view, row) => {
    const text = view.text(row).toLowerCase()
    return words.every(word =>
      word.startsWith('!') && word.length > 1 ? !text.includes(word.slice(1)) : text.includes(word),
    )
  }
}
