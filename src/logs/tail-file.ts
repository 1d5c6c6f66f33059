import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'
import {errnoCode, messageOf} from '../shared/errors.ts'

export type FileTail =
  | {
      readonly state: 'known'
      /** Whole lines, oldest first, without their line ends. */
      readonly lines: readonly string[]
      /** Whether the file holds more in front of them. */
      readonly truncated: boolean
    }
  | {readonly state: 'absent' | 'denied' | 'error'; readonly why: string}

/**
 * The last lines of a file, at most `maxBytes` of it. A log folder may be writable by others: links are not followed,
 * a FIFO or a device is refused without a wait, and bytes that are no UTF-8 become U+FFFD.
 */
export function tailFile(path: string, maxBytes: number): FileTail {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return {state: 'absent', why: `${path} does not exist`}
    if (code === 'EACCES' || code === 'EPERM') return {state: 'denied', why: `no permission to read ${path}`}
    if (code === 'ELOOP') return {state: 'error', why: `${path} is a symbolic link, which is never followed`}
    return {state: 'error', why: `cannot read ${path}: ${messageOf(error)}`}
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return {state: 'error', why: `${path} is not a regular file`}
    const start = Math.max(0, stat.size - maxBytes)
    // One byte more in front tells whether the first line is whole.
    const from = Math.max(0, start - 1)
    const bytes = readFully(fd, from, stat.size - from)
    const cut = start === 0 ? 0 : bytes.indexOf(0x0a) + 1
    const whole = start > 0 && cut === 0 ? '' : bytes.toString('utf8', cut)
    const lines = whole.split(/\r?\n/)
    if (lines.at(-1) === '') lines.pop()
    return {state: 'known', lines, truncated: start > 0}
  } catch (error) {
    return {state: 'error', why: `cannot read ${path}: ${messageOf(error)}`}
  } finally {
    closeSync(fd)
  }
}

/** A read may give less than was asked for, and a file may shrink meanwhile. */
function readFully(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let filled = 0
  while (filled < length) {
    const count = readSync(fd, bytes, filled, length - filled, position + filled)
    if (count === 0) break
    filled += count
  }
  return bytes.subarray(0, filled)
}
