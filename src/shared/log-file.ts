import {closeSync, constants, fstat, fstatSync, mkdirSync, openSync, write, writeSync} from 'node:fs'
import {dirname} from 'node:path'
import {messageOf} from './errors.ts'

const flushAfterMs = 100
const flushAtBytes = 64 * 1024
const lookEveryMs = 2000
const maxQueuedBytes = 8 * 1024 * 1024

/**
 * One log file, appended to in batches (64 KiB or 100 ms) and never on the caller's time. A full disk or a slow one
 * loses lines, which are counted; it never throws and never grows beyond its queue.
 */
export class LogFile {
  readonly path: string
  readonly #onFault: (path: string, problem: string) => void
  #fd: number
  #queue: string[] = []
  #queuedBytes = 0
  #writing = false
  /** Descriptors that a write under way still uses: its number must not become another file's. */
  #retired: number[] = []
  #timer: NodeJS.Timeout | undefined
  #lost = 0
  #failing = false
  #closed = false
  #lookedAt = 0

  /**
   * @param onFault called once when writing begins to fail, again after it has recovered and fails anew
   * @throws the system's error when the file cannot be opened, or is no regular file
   */
  constructor(path: string, onFault: (path: string, problem: string) => void) {
    this.path = path
    this.#onFault = onFault
    this.#fd = openForAppend(path)
  }

  /** Lines that were dropped so far. */
  get lost(): number {
    return this.#lost
  }

  /** @param line with its newline */
  write(line: string): void {
    if (this.#closed || this.#queuedBytes > maxQueuedBytes) {
      this.#lost++
      return
    }
    this.#queue.push(line)
    this.#queuedBytes += line.length
    if (this.#queuedBytes >= flushAtBytes) this.#flush()
    else this.#timer ??= setTimeout(() => this.#flush(), flushAfterMs)
  }

  /** Goes on in a new file after a rotation by rename. */
  reopen(): void {
    this.flushSync()
    try {
      mkdirSync(dirname(this.path), {recursive: true, mode: 0o750}) // the whole folder may have been removed
      const fd = openForAppend(this.path)
      this.#retire(this.#fd)
      this.#fd = fd
    } catch (error) {
      this.#fault(error)
    }
  }

  /** Writes what is queued before it returns: for the end of the process. */
  flushSync(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const lines = this.#take()
    if (lines.length === 0) return
    try {
      const bytes = Buffer.from(lines.join(''))
      for (let offset = 0; offset < bytes.length; ) offset += writeSync(this.#fd, bytes, offset)
    } catch (error) {
      this.#lost += lines.length
      this.#fault(error)
    }
  }

  close(): void {
    this.flushSync()
    if (this.#closed) return
    this.#closed = true
    this.#retire(this.#fd)
  }

  #retire(fd: number): void {
    if (this.#writing) this.#retired.push(fd)
    else closeSync(fd)
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#writing || this.#closed) return
    const lines = this.#take()
    if (lines.length > 0) this.#writeOn(this.#fd, Buffer.from(lines.join('')), 0, lines.length)
  }

  #writeOn(fd: number, bytes: Buffer, offset: number, lines: number): void {
    this.#writing = true
    write(fd, bytes, offset, bytes.length - offset, null, (error, written) => {
      this.#writing = false
      if (error) {
        this.#lost += lines
        this.#fault(error)
      } else if (offset + written < bytes.length) {
        return this.#writeOn(fd, bytes, offset + written, lines)
      } else {
        this.#failing = false
        this.#noticeRemoval()
      }
      for (const former of this.#retired.splice(0)) closeSync(former)
      if (this.#queue.length > 0) this.#timer ??= setTimeout(() => this.#flush(), flushAfterMs)
    })
  }

  /** A file that somebody removed takes lines for ever, and nobody can read them: goes on in a new one. */
  #noticeRemoval(): void {
    const now = performance.now()
    if (now - this.#lookedAt < lookEveryMs) return
    this.#lookedAt = now
    fstat(this.#fd, (error, stats) => {
      if (!error && stats.nlink === 0 && !this.#closed) this.reopen()
    })
  }

  #take(): string[] {
    const lines = this.#queue
    this.#queue = []
    this.#queuedBytes = 0
    return lines
  }

  #fault(error: unknown): void {
    if (this.#failing) return
    this.#failing = true
    this.#onFault(this.path, messageOf(error))
  }
}

const appendFlags =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK

function openForAppend(path: string): number {
  const fd = openSync(path, appendFlags, 0o640)
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw new Error(`${path} is not a regular file`)
}
