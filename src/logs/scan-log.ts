import {constants} from 'node:fs'
import {open} from 'node:fs/promises'
import type {Readable} from 'node:stream'
import {createGunzip} from 'node:zlib'
import {errnoCode, messageOf} from '../shared/errors.ts'
import type {LogFile} from './log-files.ts'

export type LogScan =
  | {
      readonly state: 'read'
      /** ISO-8601 time of the first line; null where it has none. */
      readonly from: string | null
      /** Why not all of it was read: a torn archive, more than `mostBytes`. */
      readonly cut: string | null
    }
  | {readonly state: 'absent' | 'denied' | 'error'; readonly why: string}

/** What a small archive may unpack to: a hostile one unpacks to anything. */
const mostBytes = 4 * 1024 ** 3
const longestLine = 1024 * 1024
const lineEnd = 0x0a

/**
 * Reads a log file, packed or not, as a stream, and gives every line that holds one of the words. Only those are decoded,
 * so that a gigabyte costs about as much as grep does. Links are not followed, and nothing but a regular file is read.
 */
export async function scanLog(
  {path, gzip}: Pick<LogFile, 'path' | 'gzip'>,
  words: readonly string[],
  onLine: (line: string) => void,
): Promise<LogScan> {
  const needles = words.map(word => Buffer.from(word))
  let from: string | null | undefined
  let cut: string | null = null
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    try {
      if (!(await file.stat()).isFile()) return {state: 'error', why: `${path} is not a regular file`}
      const raw = file.createReadStream({highWaterMark: 1024 * 1024, autoClose: false})
      const stream: Readable = gzip ? raw.pipe(createGunzip({chunkSize: 256 * 1024})) : raw
      if (gzip) raw.on('error', error => stream.destroy(error))
      let rest: Buffer = Buffer.alloc(0)
      let read = 0
      try {
        for await (const chunk of stream as AsyncIterable<Buffer>) {
          read += chunk.length
          if (read > mostBytes) {
            cut = `only its first ${mostBytes} bytes were read`
            break
          }
          const whole = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
          from ??= timeOf(whole)
          const end = whole.lastIndexOf(lineEnd) + 1
          linesWith(whole.subarray(0, end), needles, onLine)
          rest = whole.length - end > longestLine ? Buffer.alloc(0) : whole.subarray(end)
        }
        linesWith(rest, needles, onLine)
      } catch (error) {
        if (!gzip) throw error
        cut = `the archive is torn: ${messageOf(error)}`
      } finally {
        raw.destroy()
      }
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return {state: 'absent', why: `${path} does not exist`}
    if (code === 'EACCES' || code === 'EPERM') return {state: 'denied', why: `no permission to read ${path}`}
    if (code === 'ELOOP') return {state: 'error', why: `${path} is a symbolic link, which is never followed`}
    return {state: 'error', why: `cannot read ${path}: ${messageOf(error)}`}
  }
  return {state: 'read', from: from ?? null, cut}
}

function linesWith(bytes: Buffer, needles: readonly Buffer[], onLine: (line: string) => void): void {
  // Where each word stands next; looked for anew only once it was passed, so that a rare one is not sought at each line.
  const places = needles.map(needle => bytes.indexOf(needle))
  while (places.some(at => at >= 0)) {
    const hit = Math.min(...places.filter(at => at >= 0))
    const start = bytes.lastIndexOf(lineEnd, hit) + 1
    const next = bytes.indexOf(lineEnd, hit)
    const end = next < 0 ? bytes.length : next
    onLine(bytes.toString('utf8', start, end).replace(/\r$/, ''))
    needles.forEach((needle, which) => {
      const at = places[which] ?? -1
      if (at >= 0 && at < end) places[which] = bytes.indexOf(needle, end)
    })
  }
}

function timeOf(bytes: Buffer): string | null {
  return /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z/.exec(bytes.toString('latin1', 0, 200))?.[0] ?? null
}
