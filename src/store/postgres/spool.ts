import {
  closeSync,
  constants,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import {join} from 'node:path'
import {errnoCode} from '../../shared/errors.ts'
import {writeAll} from '../../shared/files.ts'
import {requestColumns} from '../request-columns.ts'
import {quarantine} from '../sqlite/quarantine.ts'

interface Segment {
  readonly name: string
  rows: number
  bytes: number
}

/** Rows taken from the front, until `done` says that they are safe elsewhere. */
export interface SpooledRows {
  readonly lines: readonly string[]
}

const segmentBytes = 4 * 1024 * 1024
/** What is larger is not of ours, and not read into memory. */
const largestSegment = 64 * 1024 * 1024

/**
 * Rows that wait on disk for a database to come back, oldest first: a folder of files with one row a line. Beyond the
 * bound the oldest file goes. What a killed process left is taken over; a torn line at the end of a file is dropped.
 * A file goes when all its rows are done, so after a crash some may come twice.
 */
export class Spool {
  readonly #folder: string
  readonly #maxBytes: number
  readonly #onLoss: (rows: number, why: string) => void
  readonly #segments: Segment[] = []
  /** Of the last segment, while it is written to. */
  #fd: number | undefined
  #reading: {readonly segment: Segment; lines: string[]} | undefined
  #next = 1

  /** A folder that cannot be read or made now is found out again with each `append`. */
  constructor(folder: string, maxBytes: number, onLoss: (rows: number, why: string) => void) {
    this.#folder = folder
    this.#maxBytes = maxBytes
    this.#onLoss = onLoss
    try {
      const stats = lstatSync(folder, {throwIfNoEntry: false})
      if (stats !== undefined && !stats.isDirectory()) quarantine(folder, Date.now())
      mkdirSync(folder, {recursive: true, mode: 0o700})
      for (const name of readdirSync(folder).sort()) this.#takeOver(name)
    } catch {
      // whoever appends hears why
    }
  }

  /** Rows that wait. */
  get rows(): number {
    let rows = 0
    for (const segment of this.#segments) rows += segment.rows
    return rows
  }

  get isEmpty(): boolean {
    return this.#segments.length === 0
  }

  /**
   * @param lines rows as JSON, one a line
   * @throws the system's error when they could not be kept
   */
  append(lines: string, rows: number): void {
    const bytes = Buffer.from(`${lines}\n`)
    this.#makeRoom(bytes.length)
    const segment = this.#writable()
    try {
      writeAll(segment.fd, bytes)
    } catch (error) {
      // Half a batch must not come back as if it were whole.
      try {
        ftruncateSync(segment.fd, segment.of.bytes)
      } catch {
        // the reader drops a torn line too
      }
      this.#seal()
      if (segment.of.rows === 0) this.#remove(segment.of)
      throw error
    }
    segment.of.rows += rows
    segment.of.bytes += bytes.length
    if (segment.of.bytes >= segmentBytes) this.#seal()
  }

  /** The oldest rows, the same ones until they are `done`. */
  first(most: number): SpooledRows | undefined {
    while (this.#reading === undefined || this.#reading.lines.length === 0) {
      const segment = this.#segments[0]
      if (segment === undefined) return undefined
      if (this.#reading?.segment === segment) {
        this.#remove(segment)
        continue
      }
      if (segment === this.#segments.at(-1)) this.#seal()
      this.#reading = {segment, lines: this.#read(segment)}
    }
    return {lines: this.#reading.lines.slice(0, most)}
  }

  /** What `first` gave is safe. */
  done({lines}: SpooledRows): void {
    const reading = this.#reading
    if (reading === undefined || reading.lines[0] !== lines[0]) return // dropped meanwhile, to make room
    reading.lines = reading.lines.slice(lines.length)
    reading.segment.rows -= lines.length
    if (reading.lines.length === 0) this.#remove(reading.segment)
  }

  close(): void {
    this.#seal()
  }

  #takeOver(name: string): void {
    const number = /^(\d{10})\.ndjson$/.exec(name)?.[1]
    if (number === undefined) return
    const path = join(this.#folder, name)
    const stats = lstatSync(path)
    this.#next = Math.max(this.#next, Number(number) + 1)
    if (!stats.isFile() || stats.size > largestSegment) return
    let rows = 0
    const bytes = readFileSync(path)
    for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) rows++
    this.#segments.push({name, rows, bytes: bytes.length})
  }

  #writable(): {readonly fd: number; readonly of: Segment} {
    const last = this.#segments.at(-1)
    if (this.#fd !== undefined && last !== undefined) return {fd: this.#fd, of: last}
    const name = `${String(this.#next++).padStart(10, '0')}.ndjson`
    const flags = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
    const open = (): number => openSync(join(this.#folder, name), flags, 0o600)
    try {
      this.#fd = open()
    } catch (error) {
      if (errnoCode(error) !== 'ENOENT') throw error
      mkdirSync(this.#folder, {recursive: true, mode: 0o700}) // the folder was removed
      this.#fd = open()
    }
    const segment: Segment = {name, rows: 0, bytes: 0}
    this.#segments.push(segment)
    return {fd: this.#fd, of: segment}
  }

  #makeRoom(bytes: number): void {
    let held = bytes
    for (const segment of this.#segments) held += segment.bytes
    while (held > this.#maxBytes && this.#segments[0] !== undefined) {
      const oldest = this.#segments[0]
      if (this.#segments.length === 1) this.#seal()
      held -= oldest.bytes
      const lost = oldest.rows
      this.#remove(oldest)
      this.#onLoss(lost, `no more than ${this.#maxBytes} bytes may wait, the oldest rows went`)
    }
  }

  #read(segment: Segment): string[] {
    let text: string
    try {
      text = readFileSync(join(this.#folder, segment.name), 'utf8')
    } catch (error) {
      this.#lost(segment.rows, `${segment.name} cannot be read (${errnoCode(error) ?? 'unknown'})`)
      segment.rows = 0
      return []
    }
    const pieces = text.split('\n')
    if (pieces.at(-1) === '') pieces.pop()
    const lines = pieces.filter(isRow)
    this.#lost(pieces.length - lines.length, `${segment.name} holds what is no row`)
    segment.rows = lines.length
    return lines
  }

  #lost(rows: number, why: string): void {
    if (rows > 0) this.#onLoss(rows, why)
  }

  #remove(segment: Segment): void {
    rmSync(join(this.#folder, segment.name), {force: true})
    const at = this.#segments.indexOf(segment)
    if (at !== -1) this.#segments.splice(at, 1)
    if (this.#reading?.segment === segment) this.#reading = undefined
  }

  #seal(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }
}

function isRow(line: string): boolean {
  try {
    const row: unknown = JSON.parse(line)
    return Array.isArray(row) && row.length === requestColumns.length
  } catch {
    return false // torn by a crash, or written by somebody else
  }
}
