import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs'
import {errnoCode, messageOf} from '../../shared/errors.ts'

const maxBytes = 4 * 1024 * 1024

export type SmallFile =
  | {readonly state: 'known'; readonly bytes: Buffer; readonly mode: number; readonly uid: number}
  | {readonly state: 'absent' | 'denied' | 'error'; readonly why: string}

/** A regular file of up to 4 MiB. Never waits (a FIFO) and never reads without end (/dev/zero). */
export function readSmallFile(path: string): SmallFile {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return {state: 'absent', why: `there is no file ${path}`}
    if (code === 'EACCES' || code === 'EPERM') return {state: 'denied', why: `no permission to read ${path}`}
    return {state: 'error', why: `${path} cannot be read: ${messageOf(error)}`}
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile()) return {state: 'error', why: `${path} is no regular file`}
    if (stat.size > maxBytes) return {state: 'error', why: `${path} is larger than ${maxBytes} bytes`}
    const bytes = Buffer.alloc(stat.size)
    const length = readSync(fd, bytes, 0, bytes.length, 0)
    return {state: 'known', bytes: bytes.subarray(0, length), mode: stat.mode & 0o7777, uid: stat.uid}
  } finally {
    closeSync(fd)
  }
}
