/** One event of a stream (WHATWG HTML, "Server-sent events"). */
export interface SseEvent {
  /** `message` unless the stream names another. */
  readonly event: string
  readonly data: Buffer
  readonly id: string | null
  /** Milliseconds before a reconnect, where the event says so. */
  readonly retry: number | null
}

export interface SseParserOptions {
  readonly maxEventBytes: number
  readonly onEvent: (event: SseEvent) => void
  /** An event is too large: nothing more is read. */
  readonly onOverflow: () => void
}

const lf = 0x0a
const cr = 0x0d
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf])

/** Reads events from chunks cut anywhere, in bounded memory. */
export class SseParser {
  readonly #options: SseParserOptions
  #partial: Buffer[] = []
  #partialBytes = 0
  #atStart = true
  #skipLf = false
  #over = false
  #event = ''
  #data: Buffer[] = []
  #dataBytes = 0
  #id: string | null = null
  #retry: number | null = null

  constructor(options: SseParserOptions) {
    this.#options = options
  }

  push(chunk: Buffer): void {
    let at = 0
    while (at < chunk.length && !this.#over) {
      if (this.#skipLf) {
        this.#skipLf = false
        if (chunk[at] === lf) {
          at++
          continue
        }
      }
      const end = endOfLine(chunk, at)
      if (end === -1) return this.#keep(chunk.subarray(at))
      this.#skipLf = chunk[end] === cr
      const line = this.#completed(chunk.subarray(at, end))
      at = end + 1
      this.#line(line)
    }
  }

  /** The stream is over: an event without its empty line is dropped, as the standard says. */
  end(): void {
    this.#over = true
    this.#partial = []
    this.#data = []
  }

  #keep(rest: Buffer): void {
    this.#partial.push(rest)
    this.#partialBytes += rest.length
    if (this.#partialBytes + this.#dataBytes > this.#options.maxEventBytes) this.#overflow()
  }

  #completed(tail: Buffer): Buffer {
    let line = this.#partial.length === 0 ? tail : Buffer.concat([...this.#partial, tail])
    this.#partial = []
    this.#partialBytes = 0
    if (this.#atStart) {
      this.#atStart = false
      if (line.subarray(0, 3).equals(byteOrderMark)) line = line.subarray(3)
    }
    return line
  }

  #line(line: Buffer): void {
    if (line.length === 0) return this.#dispatch()
    const colon = line.indexOf(0x3a)
    if (colon === 0) return
    const field = line.toString('latin1', 0, colon === -1 ? line.length : colon)
    const start = colon === -1 ? line.length : line[colon + 1] === 0x20 ? colon + 2 : colon + 1
    const value = line.subarray(start)
    switch (field) {
      case 'data':
        this.#dataBytes += value.length + 1
        if (this.#dataBytes > this.#options.maxEventBytes) return this.#overflow()
        this.#data.push(value)
        break
      case 'event':
        this.#event = value.toString('utf8', 0, 256)
        break
      case 'id':
        if (!value.includes(0)) this.#id = value.toString('utf8', 0, 1024)
        break
      case 'retry':
        if (/^\d{1,9}$/.test(value.toString('latin1'))) this.#retry = Number(value.toString('latin1'))
        break
    }
  }

  #dispatch(): void {
    const parts = this.#data
    const event = this.#event === '' ? 'message' : this.#event
    const retry = this.#retry
    this.#data = []
    this.#dataBytes = 0
    this.#event = ''
    this.#retry = null
    if (parts.length === 0) return
    const data = parts.length === 1 ? (parts[0] as Buffer) : joined(parts)
    this.#options.onEvent({event, data, id: this.#id, retry})
  }

  #overflow(): void {
    this.end()
    this.#options.onOverflow()
  }
}

function endOfLine(chunk: Buffer, from: number): number {
  const byLf = chunk.indexOf(lf, from)
  const byCr = chunk.subarray(from, byLf === -1 ? chunk.length : byLf).indexOf(cr)
  return byCr === -1 ? byLf : from + byCr
}

function joined(parts: readonly Buffer[]): Buffer {
  const newline = Buffer.from('\n')
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [newline, part])))
}

/** An event as bytes. Data that holds line ends becomes several `data:` lines. */
export function encodeSseEvent(event: {readonly event?: string; readonly id?: string; readonly data: Buffer}): Buffer {
  const head = `${event.event === undefined ? '' : `event: ${event.event}\n`}${event.id === undefined ? '' : `id: ${event.id}\n`}`
  if (!event.data.includes(lf) && !event.data.includes(cr)) {
    return Buffer.concat([Buffer.from(`${head}data: `), event.data, Buffer.from('\n\n')])
  }
  const lines = event.data.toString('utf8').split(/\r\n|\r|\n/)
  return Buffer.from(`${head}${lines.map(line => `data: ${line}\n`).join('')}\n`)
}
