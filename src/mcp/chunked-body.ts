import {HttpFault} from './http-fault.ts'

/** A size line with its extensions, or a trailer line, may not be longer. */
const maxLineBytes = 4096
const maxTrailerBytes = 16 * 1024
const lineFeed = 0x0a

/** The body of a chunked message (RFC 9112, section 7.1). */
export class ChunkedBody {
  readonly #onData: (data: Buffer) => void
  #state: 'size' | 'data' | 'data-end' | 'trailer' | 'done' = 'size'
  #line = ''
  #rest = 0
  #trailerBytes = 0

  constructor(onData: (data: Buffer) => void) {
    this.#onData = onData
  }

  get done(): boolean {
    return this.#state === 'done'
  }

  /** @returns the place behind what belongs to the body @throws HttpFault */
  push(bytes: Buffer, from: number): number {
    let at = from
    while (at < bytes.length && this.#state !== 'done') {
      if (this.#state === 'data') {
        const end = Math.min(bytes.length, at + this.#rest)
        this.#rest -= end - at
        if (this.#rest === 0) this.#state = 'data-end'
        this.#onData(bytes.subarray(at, end))
        at = end
      } else at = this.#readLine(bytes, at)
    }
    return at
  }

  #readLine(bytes: Buffer, from: number): number {
    const found = bytes.indexOf(lineFeed, from)
    const end = found === -1 ? bytes.length : found + 1
    if (this.#line.length + end - from > maxLineBytes) throw bad('a line of a chunk is too long')
    this.#line += bytes.toString('latin1', from, end)
    if (found === -1) return end
    if (!this.#line.endsWith('\r\n')) throw bad('a line of a chunk does not end with CR LF')
    const line = this.#line.slice(0, -2)
    this.#line = ''
    this.#took(line)
    return end
  }

  #took(line: string): void {
    if (this.#state === 'data-end') {
      if (line !== '') throw bad('a chunk is longer than its size says')
      this.#state = 'size'
    } else if (this.#state === 'size') {
      const size = /^([0-9A-Fa-f]{1,12})[\t ]*(?:;[\t\x20-\x7e\x80-\xff]*)?$/.exec(line)
      if (size === null) throw bad(`a chunk has the size ${JSON.stringify(line.slice(0, 60))}`)
      this.#rest = Number.parseInt(size[1] ?? '', 16)
      this.#state = this.#rest === 0 ? 'trailer' : 'data'
    } else if (line === '') this.#state = 'done'
    else {
      this.#trailerBytes += line.length
      if (this.#trailerBytes > maxTrailerBytes) throw bad('the trailers are too long')
    }
  }
}

function bad(message: string): HttpFault {
  return new HttpFault('BAD_RESPONSE', message)
}
