import {
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import {dirname} from 'node:path'
import {AppError, messageOf} from '../shared/errors.ts'
import {writeAll} from '../shared/files.ts'

/**
 * Puts another text in the place of a file, whole or not at all, with its mode and owner; what was there is kept as
 * `<file>.bak`, alike. A link stays a link. @returns the path of the copy
 * @throws AppError `FILE_CHANGED` when the file is no longer what was read, `FILE_UNWRITABLE`
 */
export function replaceKeepingCopy(path: string, before: string, after: string): string {
  try {
    const target = realpathSync(path)
    const bytes = readFileSync(target)
    // The byte order mark is no part of the text that was read, and stays.
    const mark = bytes.subarray(0, 3).equals(Buffer.from('\ufeff')) ? '\ufeff' : ''
    if (bytes.toString('utf8') !== mark + before)
      throw new AppError('FILE_CHANGED', `${path} was changed by somebody else meanwhile: nothing was written`, {
        fix: 'Run the command again.',
      })
    const copy = `${target}.bak`
    writeLike(copy, bytes, target)
    writeLike(target, Buffer.from(mark + after), target)
    return copy
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('FILE_UNWRITABLE', `${path} cannot be changed: ${messageOf(error)}`, {
      fix: 'Run this as a user who may write the file and its folder.',
      cause: error,
    })
  }
}

/** Beside it, with the mode and owner of `model`, then renamed into place. */
function writeLike(path: string, bytes: Uint8Array, model: string): void {
  const {mode, uid, gid} = statSync(model)
  const temporary = `${path}.${process.pid}.tmp`
  rmSync(temporary, {force: true})
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const fd = openSync(temporary, flags, 0o600)
  try {
    try {
      writeAll(fd, bytes)
      const made = statSync(temporary)
      if (made.uid !== uid || made.gid !== gid) fchownSync(fd, uid, gid)
      fchmodSync(fd, mode & 0o7777)
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
