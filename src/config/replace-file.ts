import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  type Stats,
} from 'node:fs'
import {dirname} from 'node:path'
import {errnoCode} from '../shared/errors.ts'
import {writeAll} from '../shared/files.ts'

/**
 * Writes a whole file or none, with the mode and owner of another. Where this user may not give files away, owner and
 * group become its own, and the mode loses what would let in others.
 */
export function replaceFile(path: string, content: string, like: Stats): void {
  const temporary = `${path}.${process.pid}.tmp`
  rmSync(temporary, {force: true})
  const fd = openSync(
    temporary,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW,
    0o600,
  )
  try {
    try {
      writeAll(fd, Buffer.from(content))
      fchmodSync(fd, like.mode & (own(fd, like) ? 0o7777 : 0o700))
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, {force: true})
    throw error
  }
  const folder = openSync(dirname(path), constants.O_RDONLY)
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}

function own(fd: number, {uid, gid}: Stats): boolean {
  try {
    fchownSync(fd, uid, gid)
    return true
  } catch (error) {
    if (errnoCode(error) === 'EPERM') return false
    throw error
  }
}
