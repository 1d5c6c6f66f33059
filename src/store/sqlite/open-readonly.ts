import {constants, copyFileSync, existsSync, lstatSync, mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import type {Database} from 'better-sqlite3'
import {AppError, errnoCode, messageOf} from '../../shared/errors.ts'

const waitForLockMs = 2000

/**
 * Opens a database of a runtime to look into it, also while the runtime writes it.
 * @throws AppError `DATABASE_ABSENT`, `DATABASE_UNREADABLE`
 */
export async function openReadonly(path: string): Promise<Database> {
  const file = resolve(path)
  const {default: Sqlite} = await import('better-sqlite3')
  const open = (name: string): Database => {
    const db = new Sqlite(name, {readonly: true, fileMustExist: true, timeout: waitForLockMs})
    try {
      db.pragma('trusted_schema = OFF')
      db.prepare('SELECT count(*) FROM sqlite_schema').get() // errors of the file come with the first look
    } catch (error) {
      db.close()
      throw error
    }
    return db
  }
  try {
    const stats = lstatSync(file, {throwIfNoEntry: false})
    if (stats === undefined) throw new AppError('DATABASE_ABSENT', `there is no database ${file}`)
    if (!stats.isFile()) throw new AppError('DATABASE_UNREADABLE', `${file} is no regular file`)
    try {
      return open(file)
    } catch (error) {
      if (!/^SQLITE_(?:CANTOPEN|READONLY)/.test(errnoCode(error) ?? '')) throw error
      return openCopy(file, open)
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('DATABASE_UNREADABLE', `${file} cannot be read: ${messageOf(error)}`, {cause: error})
  }
}

/**
 * On a read-only file system SQLite cannot make the index that a write-ahead log needs; `immutable=1` would pass over the
 * log's rows, and better-sqlite3 is built without URIs. A copy in a folder of our own has both; it is removed as soon as
 * it is open, so that nothing stays behind however we end.
 */
function openCopy(file: string, open: (name: string) => Database): Database {
  const folder = mkdtempSync(join(tmpdir(), 'only1mcp-read-'))
  try {
    const copy = join(folder, 'copy.db')
    for (const suffix of ['', '-wal'])
      if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix, constants.COPYFILE_FICLONE)
    return open(copy)
  } finally {
    rmSync(folder, {recursive: true, force: true})
  }
}
