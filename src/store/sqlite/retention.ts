import type {Database} from 'better-sqlite3'
import type {FileSchema} from './schemas.ts'

export interface RetentionLimits {
  /** 0: no limit. */
  readonly maxAgeMs: number
  /** Database and write-ahead log together; 0: no limit. */
  readonly maxBytes: number
}

/** Rows of one step; with its indexes some 10 ms. */
const rowsAStep = 1000
const pagesAStep = 1000

/** Below this a database holds little more than its own structure. */
const smallestBytes = 1024 * 1024

/** What the write-ahead log may take of the whole. */
export function walBytes({maxBytes}: RetentionLimits): number {
  const whole = 4 * 1024 * 1024
  return maxBytes === 0 ? whole : Math.min(whole, Math.floor(Math.max(maxBytes, smallestBytes) / 4))
}

/**
 * Removes one portion of rows that are too old or too many, the oldest first, and gives free pages back to the file
 * system.
 * @returns whether there is more to do
 */
export function retain(db: Database, schema: FileSchema, limits: RetentionLimits, nowMs: number): boolean {
  const timed = schema.tables.filter(table => table.timeColumn !== null)
  let removed = 0
  if (limits.maxAgeMs > 0 && timed.length > 0) {
    const oldest = new Date(Math.max(0, nowMs - limits.maxAgeMs)).toISOString()
    for (const {name, timeColumn} of timed) {
      const sql = `DELETE FROM ${name} WHERE ${timeColumn} < ? ORDER BY ${timeColumn} LIMIT ${rowsAStep}`
      removed += db.prepare(sql).run(oldest).changes
    }
  }
  const figure = (name: string): number => Number(db.pragma(name, {simple: true}))
  const allowed = Math.max(limits.maxBytes, smallestBytes) - walBytes(limits)
  const [pageSize, pages, free] = [figure('page_size'), figure('page_count'), figure('freelist_count')]
  // Down to nine tenths, so that it is not done again for each row.
  const trimming = limits.maxBytes > 0 && pages * pageSize > allowed && (pages - free) * pageSize > 0.9 * allowed
  if (trimming) {
    for (const {name, timeColumn} of timed) {
      const {changes} = db.prepare(`DELETE FROM ${name} ORDER BY ${timeColumn} LIMIT ${rowsAStep}`).run()
      removed += changes
      if (changes > 0) break // the first table is the large one
    }
  }
  // A few free pages are used again at once; many are a file that is larger than it needs to be.
  const wasteful = free > 64 && (free > pages / 20 || pages * pageSize > allowed)
  if (!trimming && wasteful) db.pragma(`incremental_vacuum(${pagesAStep})`)
  return removed >= rowsAStep || (trimming && removed > 0) || (!trimming && wasteful)
}
