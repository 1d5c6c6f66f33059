import {closeSync, fstat, fstatSync, mkdirSync, stat, write, writeSync} from 'node:fs'
import {dirname} from 'node:path'
import {messageOf} from './errors.ts'
import {firstLineAt, type LineChunk, LineChunks, linesIn} from './line-chunks.ts'
import {type LogRotation, LogRotator} from './log-rotator.ts'
import {openLog} from './open-log.ts'

const flushAfterMs = 100
const lookEveryMs = 2000
const maxQueuedBytes = 8 * 1024 * 1024
/** How long the end of the process waits for a write that is under way. */
const inFlightMs = 50

export interface LogFileOptions {
  /** Without it, the file grows until somebody else renames it. */
  readonly rotation?: LogRotation | undefined
  /** A rotated file stays as it is, or none is made; lines are written on. */
  readonly onRotationFault?: (path: string, problem: string) => void
  /** Lines can be written again; with how many were lost meanwhile. */
  readonly onRecovered?: (path: string, lost: number) => void
}

/**
 * One log file, appended to in batches (64 KiB or 100 ms) and never on the caller's time. A full disk or a slow one
 * loses lines, which are counted; it never throws and never grows beyond its queue.
 */
export class LogFile {
  readonly path: string
  readonly #onFault: (path: string, problem: string) => void
  readonly #options: LogFileOptions
  readonly #chunks = new LineChunks()
  readonly #rotator: LogRotator
  readonly #onTimer = (): void => {
    this.#timer = undefined
    this.#drain()
  }
  #fd: number
  /** With what is being written. */
  #sizeBytes: number
  /** On the monotonic clock: a jump of the wall clock rotates nothing. */
  #bornAt: number
  #writing: LineChunk | undefined
  #writingFd = -1
  /** Descriptors that a write under way still uses: its number must not become another file's. */
  #retired: number[] = []
  #timer: NodeJS.Timeout | undefined
  #lost = 0
  /** What was lost when writing began to fail; undefined while it works. */
  #lostBefore: number | undefined
  #endsInHalfALine = false
  #closed = false
  #lookedAt = 0
  #elsewhere = false

  /**
   * @param onFault called once when writing begins to fail, again after it has recovered and fails anew
   * @throws AppError `LOG_REFUSED`, or the system's error when the file cannot be opened
   */
  constructor(path: string, onFault: (path: string, problem: string) => void, options: LogFileOptions = {}) {
    this.path = path
    this.#onFault = onFault
    this.#options = options
    const opened = openLog(path)
    this.#fd = opened.fd
    this.#sizeBytes = opened.sizeBytes
    this.#bornAt = performance.now() - opened.ageMs
    this.#rotator = new LogRotator(path, options.rotation, problem => options.onRotationFault?.(path, problem))
  }

  /** Lines that were dropped so far. */
  get lost(): number {
    return this.#lost
  }

  /** Rotates by other limits from now on. */
  rotateBy(rotation: LogRotation | undefined): void {
    this.#rotator.configure(rotation)
  }

  /** @param line with its newline */
  write(line: string): void {
    if (this.#closed || this.#chunks.fullBytes > maxQueuedBytes) {
      this.#lose(1, this.#closed ? undefined : 'the disk is too slow')
      return
    }
    if (this.#chunks.add(line)) this.#drain()
    this.#timer ??= setTimeout(this.#onTimer, flushAfterMs)
  }

  /** Begins to write what is queued, without waiting for it: for what somebody may be looking for this moment. */
  flush(): void {
    this.#drain()
  }

  /** Goes on in a new file after a rotation by rename. */
  reopen(): void {
    if (this.#closed || this.#rotator.running) return // a rotation of ours opens a new one itself
    this.flushSync()
    this.#open()
  }

  /** Writes what is queued before it returns: for the end of the process. */
  flushSync(): void {
    this.#disarm()
    this.#awaitWrite()
    for (let chunk = this.#chunks.take(); chunk !== undefined; chunk = this.#chunks.take()) {
      let offset = this.#startOf(chunk)
      try {
        this.#sizeBytes += chunk.used - firstLineAt
        while (offset < chunk.used) offset += writeSync(this.#fd, chunk.bytes, offset, chunk.used - offset)
        this.#written()
      } catch (error) {
        this.#failed(chunk, offset, error)
      }
      this.#chunks.reuse(chunk)
    }
  }

  close(): void {
    if (this.#closed) return
    this.flushSync()
    this.#closed = true
    this.#retire(this.#fd)
  }

  #open(): void {
    try {
      mkdirSync(dirname(this.path), {recursive: true, mode: 0o750}) // the whole folder may have been removed
      const opened = openLog(this.path)
      this.#retire(this.#fd)
      this.#fd = opened.fd
      this.#sizeBytes = opened.sizeBytes
      this.#bornAt = performance.now() - opened.ageMs
      this.#endsInHalfALine = false
    } catch (error) {
      this.#fault(messageOf(error))
    }
  }

  #retire(fd: number): void {
    if (this.#writing) this.#retired.push(fd)
    else closeSync(fd)
  }

  #drain(): void {
    if (this.#writing || this.#rotator.running || this.#closed) return
    this.#disarm()
    const chunk = this.#chunks.take()
    if (chunk === undefined) return
    if (this.#rotator.isDue(this.#sizeBytes, chunk.used, this.#bornAt)) {
      this.#chunks.putBack(chunk)
      return this.#rotate()
    }
    this.#writing = chunk
    this.#writingFd = this.#fd
    this.#sizeBytes += chunk.used - firstLineAt
    this.#writeOn(this.#fd, chunk, this.#startOf(chunk))
  }

  #rotate(): void {
    const open = (): void => {
      if (!this.#closed) this.#open()
    }
    void this.#rotator.rotate(open).then(() => this.#drain())
  }

  #writeOn(fd: number, chunk: LineChunk, offset: number): void {
    write(fd, chunk.bytes, offset, chunk.used - offset, null, (error, written) => {
      if (!error && offset + written < chunk.used) return this.#writeOn(fd, chunk, offset + written)
      this.#writing = undefined
      if (error && fd === this.#fd) this.#sizeBytes -= chunk.used - offset
      if (error) this.#failed(chunk, offset, error)
      else this.#written()
      this.#chunks.reuse(chunk)
      for (const former of this.#retired.splice(0)) closeSync(former)
      this.#look()
      if (this.#chunks.hasFull) this.#drain()
      else if (!this.#chunks.isEmpty) this.#timer ??= setTimeout(this.#onTimer, flushAfterMs)
    })
  }

  /** A torn line is ended first, so that it cannot swallow the next one. */
  #startOf(chunk: LineChunk): number {
    return this.#endsInHalfALine && chunk.bytes[0] === 0x0a ? 0 : firstLineAt
  }

  #written(): void {
    this.#endsInHalfALine = false
    if (this.#lostBefore === undefined || this.#chunks.hasFull) return
    const lost = this.#lost - this.#lostBefore
    this.#lostBefore = undefined
    if (lost > 0) this.#options.onRecovered?.(this.path, lost)
  }

  /** @param offset what was written up to when it failed */
  #failed(chunk: LineChunk, offset: number, error: unknown): void {
    if (offset > firstLineAt) this.#endsInHalfALine = chunk.bytes[offset - 1] !== 0x0a
    this.#lose(offset <= firstLineAt ? chunk.lines : linesIn(chunk, offset), messageOf(error))
  }

  #lose(lines: number, problem: string | undefined): void {
    if (problem !== undefined) this.#fault(problem)
    this.#lost += lines
  }

  #fault(problem: string): void {
    if (this.#lostBefore !== undefined) return
    this.#lostBefore = this.#lost
    this.#onFault(this.path, problem)
  }

  #disarm(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  /** What a thread is writing has to be in the file before what comes behind it, and before the process may end. */
  #awaitWrite(): void {
    if (!this.#writing || this.#writingFd !== this.#fd) return
    const until = performance.now() + inFlightMs
    const sleeper = new Int32Array(new SharedArrayBuffer(4))
    while (performance.now() < until && fstatSync(this.#fd).size < this.#sizeBytes) Atomics.wait(sleeper, 0, 0, 1)
  }

  /**
   * A file that somebody removed takes lines for ever, and nobody can read them: goes on in a new one. One that was
   * renamed gets that much time for a signal, since some rotations rename first and make the new file later. One that was
   * truncated (logrotate's `copytruncate`) is as long as it says.
   */
  #look(): void {
    const now = performance.now()
    if (now - this.#lookedAt < lookEveryMs) return
    this.#lookedAt = now
    const fd = this.#fd
    const sizeBytes = this.#sizeBytes
    fstat(fd, (error, own) => {
      if (error || this.#closed || fd !== this.#fd || this.#rotator.running) return
      if (own.nlink === 0) return this.reopen()
      if (!this.#writing && this.#sizeBytes === sizeBytes) {
        if (own.size < sizeBytes) this.#bornAt = performance.now()
        this.#sizeBytes = own.size
      }
      stat(this.path, (missing, there) => {
        if (this.#closed || fd !== this.#fd || this.#rotator.running) return
        const moved = missing !== null || there.ino !== own.ino || there.dev !== own.dev
        if (moved && this.#elsewhere) this.reopen()
        this.#elsewhere = moved && !this.#elsewhere
      })
    })
  }
}
