/** What is known of a line that was too long to keep. */
export interface Overflow {
  /** Its length as far as it came. */
  readonly bytes: number
  readonly head: Buffer
  readonly tail: Buffer
}

export interface StdioFramerOptions {
  readonly maxMessageBytes: number
  readonly onMessage: (line: Buffer) => void
  /** A line that is no JSON object or array (a banner, a print): at most 8 KiB of it. */
  readonly onGarbage: (line: Buffer) => void
  /** Once for each line beyond the limit, when it ends. */
  readonly onOverflow: (overflow: Overflow) => void
}

const maxGarbageBytes = 8 * 1024
const edgeBytes = 4 * 1024
const newline = 0x0a

/** Newline-delimited messages out of a child's stdout, however it is cut, in bounded memory. */
export class StdioFramer {
  readonly #options: StdioFramerOptions
  #parts: Buffer[] = []
  /** Bytes of the current line so far, kept or not. */
  #length = 0
  #overflown: {readonly head: Buffer; tail: Buffer} | undefined

  constructor(options: StdioFramerOptions) {
    this.#options = options
  }

  push(chunk: Buffer): void {
    let at = 0
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, at)) {
      this.#take(chunk.subarray(at, end))
      this.#endLine()
      at = end + 1
    }
    if (at < chunk.length) this.#take(chunk.subarray(at))
  }

  /** The stream is over: a last line without a newline counts. */
  end(): void {
    if (this.#length > 0) this.#endLine()
  }

  #take(bytes: Buffer): void {
    this.#length += bytes.length
    if (this.#overflown) {
      this.#overflown.tail = lastBytes([this.#overflown.tail, bytes])
      return
    }
    this.#parts.push(bytes)
    if (this.#length <= this.#limit()) return
    this.#overflown = {head: Buffer.concat(this.#parts).subarray(0, edgeBytes), tail: lastBytes(this.#parts)}
    this.#parts = []
  }

  #endLine(): void {
    const overflown = this.#overflown
    const parts = this.#parts
    const bytes = this.#length
    this.#parts = []
    this.#length = 0
    this.#overflown = undefined
    if (overflown) {
      if (isMessage(overflown.head))
        return this.#options.onOverflow({bytes, head: overflown.head, tail: overflown.tail})
      return this.#options.onGarbage(overflown.head)
    }
    const whole = parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts)
    const line = whole[whole.length - 1] === 0x0d ? whole.subarray(0, -1) : whole
    if (isBlank(line)) return
    if (isMessage(line)) this.#options.onMessage(line)
    else this.#options.onGarbage(line.subarray(0, maxGarbageBytes))
  }

  #limit(): number {
    const first = this.#parts[0]
    return first !== undefined && isMessage(first) ? this.#options.maxMessageBytes : maxGarbageBytes
  }
}

function lastBytes(parts: readonly Buffer[]): Buffer {
  // A copy: a slice would keep the whole chunk alive.
  return Buffer.from(Buffer.concat(parts).subarray(-edgeBytes))
}

/** What could be JSON-RPC begins with a brace or a bracket, after white space. */
function isMessage(line: Buffer): boolean {
  for (const byte of line.subarray(0, 256)) {
    if (byte === 0x20 || byte === 0x09 || byte === 0x0d) continue
    return byte === 0x7b || byte === 0x5b
  }
  return false
}

function isBlank(line: Buffer): boolean {
  return line.every(byte => byte === 0x20 || byte === 0x09 || byte === 0x0d)
}
