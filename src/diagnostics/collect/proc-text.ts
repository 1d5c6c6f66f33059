import {closeSync, constants, openSync, readSync} from 'node:fs'
import {errnoCode} from '../../shared/errors.ts'

const maxBytes = 8 * 1024 * 1024

export type TextRead =
  | {readonly state: 'known'; readonly text: string}
  | {readonly state: 'absent' | 'denied' | 'error'; readonly why: string}

/** Reads a file of /proc or /sys, up to 8 MiB; one that is not there (a container, another kernel) is `absent`. */
export function readProcText(path: string): TextRead {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'EACCES' || code === 'EPERM') return {state: 'denied', why: `no permission to read ${path}`}
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH')
      return {state: 'absent', why: `there is no ${path}`}
    return {state: 'error', why: `${path}: ${code ?? String(error)}`}
  }
  try {
    const chunks: Buffer[] = []
    let total = 0
    while (total < maxBytes) {
      const chunk = Buffer.alloc(65_536)
      const got = readSync(fd, chunk)
      if (got === 0) break
      chunks.push(chunk.subarray(0, got))
      total += got
    }
    return {state: 'known', text: Buffer.concat(chunks).toString('utf8')}
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'EACCES' || code === 'EPERM') return {state: 'denied', why: `no permission to read ${path}`}
    return {state: code === 'ESRCH' ? 'absent' : 'error', why: `${path}: ${code ?? String(error)}`}
  } finally {
    closeSync(fd)
  }
}

/** The text, or undefined for whatever reason it is not to be had. */
export function procText(path: string): string | undefined {
  const read = readProcText(path)
  return read.state === 'known' ? read.text : undefined
}
