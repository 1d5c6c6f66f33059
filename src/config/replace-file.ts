import {fchmodSync, fchownSync, fstatSync, readFileSync, realpathSync, statSync} from 'node:fs'
import {AppError, messageOf} from '../shared/errors.ts'
import {writeFileAtomic} from '../shared/files.ts'

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

/** With the mode and owner of `model`. */
function writeLike(path: string, bytes: Uint8Array, model: string): void {
  const {mode, uid, gid} = statSync(model)
  writeFileAtomic(path, bytes, 0o600, fd => {
    const made = fstatSync(fd)
    if (made.uid !== uid || made.gid !== gid) fchownSync(fd, uid, gid)
    fchmodSync(fd, mode & 0o7777)
  })
}
