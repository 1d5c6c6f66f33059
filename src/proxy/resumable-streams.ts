import {encodeSseEvent} from '../mcp/sse-encode.ts'

/** What is kept of one stream; older events can then no longer be had. */
const maxEvents = 64
const maxBytes = 256 * 1024
/** Streams of calls that a session can take up again. */
const maxStreams = 16
/** How long after its end a stream that broke can still be taken up. */
const keepMs = 60_000

/** Who reads a stream that was taken up again. */
export interface StreamReader {
  readonly write: (event: Buffer) => void
  readonly end: () => void
}

/** The last events of one stream of a legacy session (MCP 2025-11-25, "Resumability and Redelivery"). */
export class ResumableStream {
  readonly id: string
  #events: {readonly number: number; readonly bytes: Buffer}[] = []
  #bytes = 0
  #number = 0
  #ended = false
  #reader: StreamReader | undefined

  constructor(id: string) {
    this.id = id
  }

  /** @returns the message as the stream's next event, which whoever has taken it up has got already */
  add(message: Buffer): Buffer {
    const number = ++this.#number
    const bytes = encodeSseEvent({event: 'message', id: `${this.id}.${number}`, data: message})
    this.#events.push({number, bytes})
    this.#bytes += bytes.length
    while (this.#events.length > maxEvents || this.#bytes > maxBytes)
      this.#bytes -= this.#events.shift()?.bytes.length ?? 0
    this.#reader?.write(bytes)
    return bytes
  }

  /** Nothing more comes. */
  end(): void {
    this.#ended = true
    this.#reader?.end()
  }

  /** What came after an event. */
  after(number: number): Buffer[] {
    return this.#events.flatMap(event => (event.number > number ? [event.bytes] : []))
  }

  /** Goes on after an event, to its end. @returns a function that leaves the stream */
  resume(number: number, reader: StreamReader): () => void {
    for (const bytes of this.after(number)) reader.write(bytes)
    if (this.#ended) {
      reader.end()
      return () => {}
    }
    // A stream has one reader: the one that came last.
    this.#reader?.end()
    this.#reader = reader
    return () => {
      if (this.#reader === reader) this.#reader = undefined
    }
  }
}

/** The streams of one legacy session that can be taken up again after they broke. */
export class ResumableStreams {
  /** The GET stream, whoever reads it. */
  readonly own = new ResumableStream('own')
  readonly #calls = new Map<string, ResumableStream>()
  #nextId = 1

  /** Of a call whose answer is a stream. */
  open(): ResumableStream {
    const stream = new ResumableStream(String(this.#nextId++))
    this.#calls.set(stream.id, stream)
    const oldest = this.#calls.size > maxStreams ? this.#calls.keys().next().value : undefined
    if (oldest !== undefined) this.#calls.delete(oldest)
    return stream
  }

  /** @param read its reader has got all of it, else it is kept for a while */
  close(stream: ResumableStream, read: boolean): void {
    stream.end()
    const forget = (): void => void this.#calls.delete(stream.id)
    if (read) forget()
    else setTimeout(forget, keepMs).unref()
  }

  /** The stream of an event, and the event's number; undefined where it cannot be had any more. */
  find(lastEventId: string): {readonly stream: ResumableStream; readonly number: number} | undefined {
    const [, id, number] = /^(own|\d{1,15})\.(\d{1,15})$/.exec(lastEventId) ?? []
    if (id === undefined) return undefined
    const stream = id === 'own' ? this.own : this.#calls.get(id)
    return stream && {stream, number: Number(number)}
  }
}
