import {errnoCode} from '../../shared/errors.ts'

/** The file holds what is no database of ours: nothing but a new one helps. */
export class Damage extends Error {
  override readonly name = 'Damage'
}

/** What SQLite says of a damaged file; all else (locked, full, read-only) passes by itself. */
export function isDamage(error: unknown): boolean {
  if (error instanceof Damage) return true
  const code = errnoCode(error) ?? ''
  return code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_FORMAT'
}

/** Another connection holds the lock; ours is as good as before. */
export function isBusy(error: unknown): boolean {
  const code = errnoCode(error) ?? ''
  return code.startsWith('SQLITE_BUSY') || code === 'SQLITE_LOCKED'
}
