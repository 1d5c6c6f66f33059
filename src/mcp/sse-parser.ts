import {type DroppedMessage, DroppingMessage} from './dropped-message.ts'
import {GrowingBuffer} from './growing-buffer.ts'

export interface SseEvent {
  /** `message` when the stream names none. */
  readonly event: string
  /** The data lines joined by line feeds. It may share memory with the chunk it came in. */
  readonly data: Buffer
  /** The last event id that was sent so far, with this event or before it; null for none. */
  readonly id: string | null
  /** Milliseconds to wait before reconnecting, where the stream has said so since the event before. */
  readonly retry: number | null
}

export interface SseParserOptions {
  /** Largest event: all its lines together, in bytes. */
  readonly maxEventBytes: number
  readonly onEvent: (event: SseEvent) => void
  /** Once for each event over the limit, as soon as it is; the parser goes on with the next event. */
  readonly onOverflow: (dropped: DroppedMessage) => void
}

const lineFeed = 0x0a
const carriageReturn = 0x0d
const space = 0x20
const colon = 0x3a
const byteOrderMark = Buffer.from('\ufeff')
const newline = Buffer.from('\n')
const nothing = Buffer.alloc(0)
const dataField = Buffer.from('data:')

/**
 * Reads a `text/event-stream` from bytes that may be split anywhere, as the HTML standard says (section 9.2.6). The data
 * of an event stays bytes. An event that the stream's end cuts off is discarded, which the standard wants too.
 */
export class SseParser {
  readonly #options: SseParserOptions
  readonly #line = new GrowingBuffer()
  /** The data lines so far: the first is kept as it came, only a second one is a reason to copy. */
  #data: Buffer | null = null
  readonly #moreData = new GrowingBuffer()
  #event = ''
  #lastEventId: string | null = null
  #retry: number | null = null
  #eventBytes = 0
  /** The event is over its limit: none of its lines counts any more. */
  #overflown = false
  /** Something of the line has come. */
  #lineStarted = false
  #lineIgnored = false
  #afterReturn = false
  /** Bytes of a byte order mark that came so far; -1 once the beginning of the stream is behind us. */
  #markBytes = 0

  constructor(options: SseParserOptions) {
    this.#options = options
  }

  /** For `Last-Event-ID` on a reconnect. */
  get lastEventId(): string | null {
    return this.#lastEventId
  }

  push(chunk: Buffer): void {
    let at = this.#markBytes < 0 ? 0 : this.#skipMark(chunk)
    let feed = -1
    let back = -1
    while (at < chunk.length) {
      if (this.#afterReturn) {
        this.#afterReturn = false
        if (chunk[at] === lineFeed) {
          at++
          continue
        }
      }
      // Each search is made once for a place, so that a chunk without the one is not searched for it again and again.
      if (feed < at) feed = indexOrEnd(chunk, lineFeed, at)
      if (back < at) back = indexOrEnd(chunk, carriageReturn, at)
      const end = Math.min(feed, back)
      if (end === chunk.length) {
        this.#hold(chunk.subarray(at))
        return
      }
      this.#afterReturn = back < feed
      this.#endLine(chunk.subarray(at, end))
      at = end + 1
    }
  }

  /** The stream has ended; what was not finished by an empty line does not count. */
  end(): void {
    this.#line.clear()
    this.#lineStarted = false
    this.#reset()
  }

  #skipMark(chunk: Buffer): number {
    for (let at = 0; at < chunk.length; at++) {
      if (chunk[at] !== byteOrderMark[this.#markBytes]) {
        // Not a mark after all: what looked like its beginning belongs to the first line.
        const start = byteOrderMark.subarray(0, this.#markBytes)
        this.#markBytes = -1
        if (start.length > 0) this.#hold(start)
        return at
      }
      if (++this.#markBytes === byteOrderMark.length) {
        this.#markBytes = -1
        return at + 1
      }
    }
    return chunk.length
  }

  /** A piece of a line whose end has not come. */
  #hold(piece: Buffer): void {
    if (!this.#lineStarted) {
      this.#lineStarted = true
      this.#lineIgnored = this.#overflown || piece[0] === colon
    }
    if (this.#lineIgnored) return
    if (this.#fits(piece)) this.#line.append(piece)
    else this.#drop(piece)
  }

  #endLine(piece: Buffer): void {
    if (!this.#lineStarted) {
      if (piece.length === 0) {
        this.#dispatch()
        return
      }
      if (!this.#overflown && this.#fits(piece)) {
        this.#readLine(piece)
        return
      }
    }
    if (piece.length > 0) this.#hold(piece)
    this.#lineStarted = false
    if (!this.#lineIgnored) this.#readLine(this.#line.take())
  }

  #fits(piece: Buffer): boolean {
    return this.#eventBytes + this.#line.length + piece.length <= this.#options.maxEventBytes
  }

  #readLine(line: Buffer): void {
    const at = line.indexOf(colon)
    if (at === 0) return
    this.#eventBytes += line.length + 1
    const field = line.toString('latin1', 0, at < 0 ? line.length : Math.min(at, 16))
    const value = at < 0 ? nothing : line.subarray(line[at + 1] === space ? at + 2 : at + 1)
    if (field === 'data') this.#addData(value)
    else if (field === 'event') this.#event = value.toString()
    else if (field === 'id' && !value.includes(0)) this.#lastEventId = value.toString()
    else if (field === 'retry' && /^\d{1,15}$/.test(value.toString('latin1'))) this.#retry = Number(value.toString())
  }

  #addData(value: Buffer): void {
    if (this.#data === null) {
      this.#data = value
      return
    }
    if (this.#moreData.length === 0) this.#moreData.append(this.#data)
    this.#moreData.append(newline)
    this.#moreData.append(value)
  }

  #dispatch(): void {
    const event = this.#event === '' ? 'message' : this.#event
    const retry = this.#retry
    const data = this.#moreData.length > 0 ? this.#moreData.take() : this.#data
    this.#reset()
    if (data === null) return
    this.#retry = null
    this.#options.onEvent({event, data, id: this.#lastEventId, retry})
  }

  #drop(piece: Buffer): void {
    const earlier = this.#moreData.length > 0 ? this.#moreData.take() : (this.#data ?? nothing)
    this.#line.append(piece)
    const line = this.#line.take()
    const value = line.subarray(line.subarray(0, dataField.length).equals(dataField) ? dataField.length : 0)
    this.#reset()
    this.#overflown = true
    this.#lineIgnored = true
    this.#options.onOverflow(new DroppingMessage(Buffer.concat([earlier, value])).soFar())
  }

  /** Ready for the next event, before anyone is told of this one: a callback may throw. */
  #reset(): void {
    this.#data = null
    this.#moreData.clear()
    this.#event = ''
    this.#eventBytes = 0
    this.#overflown = false
  }
}

function indexOrEnd(chunk: Buffer, byte: number, from: number): number {
  const at = chunk.indexOf(byte, from)
  return at < 0 ? chunk.length : at
}
