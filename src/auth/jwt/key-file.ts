import {closeSync, constants, fstatSync, openSync, readSync, statSync} from 'node:fs'
import type {Clock} from '../../shared/clock.ts'
import {AppError, messageOf} from '../../shared/errors.ts'
import {KeySet} from './key-set.ts'
import type {KeySource, KeySourceState} from './key-source.ts'

const maxBytes = 256 * 1024
/** A changed file is noticed this late at most. */
const lookEveryMs = 1_000

/** Keys in a file, read again when the file changes; one that has become invalid leaves the last good keys in force. */
export class KeyFile implements KeySource {
  readonly #path: string
  readonly #clock: Clock
  readonly #onFault: (path: string, why: string) => void
  #set: KeySet
  #stamp: string
  #lookedAt: number
  #generation = 1
  #readAt: string
  #error: string | null = null

  /** @throws AppError `JWT_KEY_FILE` */
  constructor(path: string, clock: Clock, onFault: (path: string, why: string) => void) {
    this.#path = path
    this.#clock = clock
    this.#onFault = onFault
    try {
      this.#stamp = stampOf(path)
      this.#set = KeySet.fromFile(readText(path))
    } catch (error) {
      throw new AppError('JWT_KEY_FILE', `auth.jwt.key_file ${path} cannot be used: ${messageOf(error)}`, {
        fix: 'Name a file with the public key of the issuer: PEM, a certificate, a JWK or a JWK set.',
        cause: error,
      })
    }
    this.#lookedAt = clock.now()
    this.#readAt = new Date(clock.wallMs()).toISOString()
  }

  get generation(): number {
    this.#look()
    return this.#generation
  }

  get state(): KeySourceState {
    return {from: `file ${this.#path}`, keys: this.#set.size, readAt: this.#readAt, error: this.#error}
  }

  async keys(): Promise<KeySet> {
    this.#look()
    return this.#set
  }

  #look(): void {
    const now = this.#clock.now()
    if (now - this.#lookedAt < lookEveryMs) return
    this.#lookedAt = now
    let stamp = ''
    try {
      stamp = stampOf(this.#path)
      if (stamp === this.#stamp) return
      this.#set = KeySet.fromFile(readText(this.#path))
      this.#generation++
      this.#readAt = new Date(this.#clock.wallMs()).toISOString()
      this.#error = null
    } catch (error) {
      const why = messageOf(error)
      if (this.#error !== why) this.#onFault(this.#path, why)
      this.#error = why
    }
    this.#stamp = stamp
  }
}

function stampOf(path: string): string {
  const {mtimeMs, size, ino} = statSync(path)
  return `${mtimeMs} ${size} ${ino}`
}

/** Never waits (a FIFO) and never reads without end (/dev/zero). */
function readText(path: string): string {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    if (!fstatSync(fd).isFile()) throw new Error('it is no regular file')
    const bytes = Buffer.alloc(maxBytes + 1)
    let length = 0
    for (;;) {
      const got = readSync(fd, bytes, length, bytes.length - length, length)
      if (got === 0) break
      length += got
    }
    if (length > maxBytes) throw new Error(`it is larger than ${maxBytes} bytes`)
    return bytes.toString('utf8', 0, length)
  } finally {
    closeSync(fd)
  }
}
