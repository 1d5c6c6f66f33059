import {chmodSync, closeSync, constants, lstatSync, mkdirSync, openSync, rmSync, type Stats} from 'node:fs'
import {dirname} from 'node:path'
import {removeSidecars} from './quarantine.ts'
import {hasSoundWalHeader} from './wal-header.ts'

/** What can be said of the place of a database before SQLite opens it. */
export type Place = 'ready' | {readonly damage: string}

/**
 * Makes the place ready: a file of mode 0600, in a folder of mode 0700 where that is missing.
 * @param isOurEmptyFile an empty file is what this process made a moment ago, and not what is left of a database
 * @throws the system's error where nothing can be made
 */
export function preparePlace(path: string, isOurEmptyFile: (stats: Stats) => boolean): Place {
  const stats = lstatSync(path, {throwIfNoEntry: false})
  if (stats === undefined) {
    mkdirSync(dirname(path), {recursive: true, mode: 0o700})
    removeSidecars(path)
    const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    closeSync(openSync(path, flags, 0o600))
    return 'ready'
  }
  if (!stats.isFile()) return {damage: `it is ${kindOf(stats)}`}
  if (stats.size === 0 && !isOurEmptyFile(stats)) return {damage: 'it is empty'}
  if ((stats.mode & 0o077) !== 0) chmodSync(path, 0o600)
  const wal = lstatSync(`${path}-wal`, {throwIfNoEntry: false})
  if (wal !== undefined && (!wal.isFile() || !hasSoundWalHeader(`${path}-wal`)))
    return {damage: 'its write-ahead log is no such log'}
  const shm = lstatSync(`${path}-shm`, {throwIfNoEntry: false})
  if (shm !== undefined && !shm.isFile()) rmSync(`${path}-shm`, {force: true, recursive: true})
  return 'ready'
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  if (stats.isSymbolicLink()) return 'a symbolic link'
  if (stats.isFIFO()) return 'a FIFO'
  return 'no regular file'
}
