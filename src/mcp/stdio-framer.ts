import {type DroppedMessage, DroppingMessage, overflowFactor} from './dropped-message.ts'
import {GrowingBuffer} from './growing-buffer.ts'
import {spaceEnd} from './json-token.ts'

export interface StdioFramerOptions {
  /** Longest message, in bytes without its line end. */
  readonly maxMessageBytes: number
  /** One line that starts like JSON, without its line end. It may share memory with the chunk it came in. */
  readonly onMessage: (line: Buffer) => void
  /** A line that is no message (a banner, a stray print), at most `garbageBytes` of it. */
  readonly onGarbage: (line: Buffer) => void
  /** What may be a message behind a stray print that has no line end of its own, such as a progress bar; told after the print. */
  readonly onBehindGarbage: (rest: Buffer) => void
  /**
   * Once for each line over the limit: at the limit when its beginning holds the id, else at its end, at the latest
   * after `overflowFactor` times the limit.
   */
  readonly onOverflow: (dropped: DroppedMessage) => void
}

export const garbageBytes = 4096

const lineFeed = 0x0a
const carriageReturn = 0x0d
const openBracket = 0x5b
const openBrace = 0x7b

/** How every message begins that a JSON library writes. */
const messageStart = '{"jsonrpc"'

/**
 * What the line that is being read turned out to be; `behind`: it was garbage, and may be a message from here on;
 * `skipping`: nothing more of it is kept.
 */
type Line = 'start' | 'message' | 'garbage' | 'behind' | 'skipping'

/**
 * Cuts a child's stdout into newline-delimited JSON-RPC messages (MCP transports, stdio). Memory stays within the limit
 * (twice that while a line grows), whatever the child writes, and a line that is dropped costs only itself.
 */
export class StdioFramer {
  readonly #options: StdioFramerOptions
  readonly #held = new GrowingBuffer()
  #line: Line = 'start'
  #dropping: DroppingMessage | null = null

  constructor(options: StdioFramerOptions) {
    this.#options = options
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length) {
      const newline = chunk.indexOf(lineFeed, at)
      const end = newline < 0 ? chunk.length : newline
      this.#take(chunk.subarray(at, end), newline >= 0)
      at = end + 1
    }
  }

  /** The beginning of a line that is no message and has no end yet: a question to a person, mostly. */
  get unfinished(): string {
    return this.#line === 'garbage' ? this.#held.bytes.toString('utf8', 0, 200) : ''
  }

  /** The child has closed its stdout: a last line counts without its line end. */
  end(): void {
    this.#finish(Buffer.alloc(0))
  }

  #take(piece: Buffer, complete: boolean): void {
    let rest = piece
    if (this.#line === 'start') {
      rest = piece.subarray(spaceEnd(piece, 0, piece.length))
      const first = rest[0]
      if (first !== undefined) this.#line = first === openBrace || first === openBracket ? 'message' : 'garbage'
    }
    if (this.#line === 'garbage') {
      const at = rest.indexOf(messageStart)
      if (at >= 0) {
        const print = this.#joined(rest.subarray(0, at)).subarray(0, garbageBytes)
        this.#line = 'behind'
        this.#options.onGarbage(print)
        rest = rest.subarray(at)
      }
    }
    if (complete) this.#finish(rest)
    else this.#hold(rest)
  }

  #hold(piece: Buffer): void {
    if (this.#line === 'message') {
      // One byte over may be the carriage return of the line end.
      if (this.#held.length + piece.length <= this.#options.maxMessageBytes + 1) this.#held.append(piece)
      else this.#drop(piece)
    } else if (this.#line === 'behind') {
      if (this.#held.length + piece.length <= this.#options.maxMessageBytes + 1) return this.#held.append(piece)
      this.#line = 'skipping'
      this.#held.clear()
    } else if (this.#line === 'garbage') {
      this.#held.append(piece.subarray(0, garbageBytes - this.#held.length))
      if (this.#held.length < garbageBytes) return
      this.#line = 'skipping'
      this.#options.onGarbage(this.#held.take())
    } else if (this.#dropping !== null) {
      this.#dropping.add(piece)
      if (this.#dropping.bytes > overflowFactor * this.#options.maxMessageBytes) this.#report(this.#dropping.final())
    }
  }

  #drop(piece: Buffer): void {
    this.#line = 'skipping'
    this.#held.append(piece)
    this.#dropping = new DroppingMessage(this.#held.take())
    // The caller that waits for this answer need not wait for its end.
    const early = this.#dropping.soFar()
    if (early.id !== null) this.#report(early)
  }

  #report(dropped: DroppedMessage): void {
    this.#dropping = null
    this.#options.onOverflow(dropped)
  }

  /** The line ends behind `piece`. The state is ready for the next before anyone is told: a callback may throw. */
  #finish(piece: Buffer): void {
    const line = this.#line
    const dropping = this.#dropping
    this.#line = 'start'
    this.#dropping = null
    if (dropping !== null) {
      dropping.add(piece)
      this.#options.onOverflow(dropping.final())
    } else if (line === 'behind') {
      const whole = trimmed(this.#joined(piece))
      if (whole.length <= this.#options.maxMessageBytes) this.#options.onBehindGarbage(whole)
    } else if (line === 'message' || line === 'garbage') {
      const whole = trimmed(this.#joined(piece))
      if (line === 'garbage') this.#options.onGarbage(whole.subarray(0, garbageBytes))
      else if (whole.length <= this.#options.maxMessageBytes) this.#options.onMessage(whole)
      else this.#options.onOverflow(new DroppingMessage(whole).final())
    }
  }

  #joined(piece: Buffer): Buffer {
    if (this.#held.length === 0) return piece
    this.#held.append(piece)
    return this.#held.take()
  }
}

function trimmed(line: Buffer): Buffer {
  return line.at(-1) === carriageReturn ? line.subarray(0, -1) : line
}
