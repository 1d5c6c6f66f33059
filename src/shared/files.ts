import {accessSync, closeSync, constants, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync} from 'node:fs'
import {dirname} from 'node:path'
import {errnoCode} from './errors.ts'

/**
 * Writes a whole file or none: a temporary one beside it, fsync, rename, fsync of the folder. Mode 0600 by default.
 * The temporary name is opened O_EXCL|O_NOFOLLOW, so a planted link is refused.
 * @param finish what else is done to the open file before it takes its name
 */
export function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  mode = 0o600,
  finish: (fd: number) => void = () => {},
): void {
  const temporary = `${path}.${process.pid}.tmp`
  rmSync(temporary, {force: true})
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
  const fd = openSync(temporary, flags, mode)
  try {
    try {
      writeAll(fd, typeof content === 'string' ? Buffer.from(content) : content)
      finish(fd)
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

/** `writeSync` may take less than it was given (a full pipe, a signal): goes on until all is written. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset)
}

/** Why `writeFileAtomic` would fail there, as far as it can be seen beforehand; undefined when nothing speaks against it. */
export function whyNotWritable(path: string): string | undefined {
  const folder = dirname(path)
  try {
    // The file gets there by a rename, which would replace a device or a pipe.
    if (statSync(path, {throwIfNoEntry: false})?.isFile() === false)
      return 'something else than a regular file is there'
    accessSync(folder, constants.W_OK | constants.X_OK)
    return undefined
  } catch (error) {
    return errnoCode(error) === 'ENOENT' ? `there is no folder ${folder}` : `no permission in ${folder}`
  }
}
