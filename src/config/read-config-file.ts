import {isUtf8} from 'node:buffer'
import {createHash} from 'node:crypto'
import {closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {formatBytes} from '../shared/bytes.ts'
import {errnoCode, messageOf} from '../shared/errors.ts'

/** A configuration of this size is a mistake, and parsing one takes seconds. */
export const maxConfigBytes = 4 * 1024 * 1024

export type ConfigFile =
  | {readonly ok: true; readonly text: string; readonly sha256: string}
  | {readonly ok: false; readonly fault: FileFault}

export interface FileFault {
  readonly code: string
  readonly message: string
  readonly suggestion?: string
  readonly line?: number
}

/** Reads a whole configuration file as text. Never waits: pipes and devices are refused before they are opened. */
export function readConfigFile(path: string): ConfigFile {
  let bytes: Buffer | FileFault
  try {
    bytes = readRegular(path)
  } catch (error) {
    bytes = openFault(path, error)
  }
  return Buffer.isBuffer(bytes) ? decode(bytes) : {ok: false, fault: bytes}
}

/** The bytes of a configuration file; undefined where it is none that could be taken. */
export function readConfigBytes(path: string): Buffer | undefined {
  try {
    const bytes = readRegular(path)
    return Buffer.isBuffer(bytes) ? Buffer.from(bytes) : undefined
  } catch {
    return undefined // not there, or not ours to read: loading it says why
  }
}

function readRegular(path: string): Buffer | FileFault {
  const before = kindFault(statSync(path))
  if (before) return before
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    const after = kindFault(fstatSync(fd))
    if (after) return after
    const buffer = Buffer.allocUnsafe(maxConfigBytes + 1)
    let length = 0
    for (;;) {
      const read = readSync(fd, buffer, length, buffer.length - length, null)
      if (read === 0) return buffer.subarray(0, length)
      length += read
      if (length > maxConfigBytes) return tooLarge()
    }
  } finally {
    closeSync(fd)
  }
}

function kindFault(stats: Stats): FileFault | undefined {
  if (stats.isDirectory())
    return {code: 'file.folder', message: 'this is a folder, not a file', suggestion: 'name the file inside it'}
  if (!stats.isFile())
    return {
      code: 'file.not_regular',
      message: `this is ${specialKind(stats)}, not a regular file`,
      suggestion: 'write the configuration to a file first',
    }
  return stats.size > maxConfigBytes ? tooLarge() : undefined
}

function tooLarge(): FileFault {
  return {code: 'file.too_large', message: `the file is larger than ${formatBytes(maxConfigBytes)}`}
}

function specialKind(stats: Stats): string {
  if (stats.isFIFO()) return 'a pipe'
  if (stats.isSocket()) return 'a socket'
  return 'a device'
}

function decode(bytes: Buffer): ConfigFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const zero = bytes.indexOf(0)
  if (zero !== -1) {
    const utf16 = bytes.length > 1 && (bytes.readUInt16BE(0) === 0xfffe || bytes.readUInt16BE(0) === 0xfeff)
    return binary(bytes, zero, utf16 ? 'the file is UTF-16 text' : 'the file is binary: it holds a zero byte')
  }
  if (!isUtf8(bytes)) return binary(bytes, firstInvalid(bytes), 'the file is not UTF-8 text')
  const text = bytes.toString('utf8')
  return {ok: true, text: text.startsWith('\ufeff') ? text.slice(1) : text, sha256}
}

function binary(bytes: Buffer, offset: number, message: string): ConfigFile {
  let line = 1
  for (let i = bytes.indexOf(10); i !== -1 && i < offset; i = bytes.indexOf(10, i + 1)) line++
  return {ok: false, fault: {code: 'file.binary', message, suggestion: 'save it as UTF-8 text', line}}
}

/** The start of the first line that is no UTF-8: a line's end never stands inside a character. */
function firstInvalid(bytes: Buffer): number {
  let start = 0
  for (let line = bytes.indexOf(10); line !== -1; line = bytes.indexOf(10, line + 1)) {
    if (!isUtf8(bytes.subarray(start, line))) return start
    start = line + 1
  }
  return start
}

function openFault(path: string, error: unknown): FileFault {
  const code = errnoCode(error)
  if (code === 'ENOENT' || code === 'ENOTDIR') return {code: 'file.missing', message: 'there is no such file'}
  if (code === 'ELOOP') {
    const suggestion = `its symbolic links lead in a circle: ls -l ${path}, then make it a file or a link to one`
    return {code: 'file.unreadable', message: 'too many symbolic links', suggestion}
  }
  if (code === 'EACCES' || code === 'EPERM') return denied(path)
  return {code: 'file.unreadable', message: `cannot be read: ${messageOf(error)}`}
}

/** Who may not read it and why, as far as this user can see. */
function denied(path: string): FileFault {
  const user = `uid ${process.getuid?.() ?? 'unknown'}`
  const file = tryStat(path)
  if (file)
    return {
      code: 'file.unreadable',
      message: `${user} may not read it: mode ${octal(file)}, owner uid ${file.uid}, group ${file.gid}`,
      suggestion: `let this user read it (chmod or chown), or run the command as its owner`,
    }
  let folder = dirname(resolve(path))
  while (tryStat(folder) === undefined && folder !== '/') folder = dirname(folder)
  const stats = tryStat(folder)
  return {
    code: 'file.unreadable',
    message: `${user} may not look into ${folder}${stats ? `: mode ${octal(stats)}, owner uid ${stats.uid}` : ''}`,
    suggestion: 'let this user enter the folder (chmod or chown)',
  }
}

function tryStat(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined // hidden by a folder above: the caller goes up
  }
}

function octal(stats: Stats): string {
  return (stats.mode & 0o7777).toString(8).padStart(4, '0')
}
