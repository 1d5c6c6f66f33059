import type {ServerResponse} from 'node:http'
import {encodeSseEvent} from '../mcp/sse-encode.ts'
import {type TurnEndWriter, writeAtTurnEnd} from '../shared/turn-end.ts'
import type {Coding} from './compression/accept-encoding.ts'
import type {Compression} from './compression/compression.ts'
import {debugInfo} from './logging/debug-request.ts'
import type {OpenRequest} from './open-request.ts'
import type {BodyBudget} from './read-body.ts'
import type {ResumableStream, ResumableStreams} from './resumable-streams.ts'

/** Where the answer to a request goes, and what is said before it. */
export interface Replying {
  /**
   * A message on the way to the answer.
   * @param keep it is for this stream alone, and kept for a client that has gone and takes it up again
   * @returns false where the client takes no stream, or has gone
   */
  push(message: Buffer, keep?: boolean): boolean
  end(status: number, message: Buffer, headers?: Readonly<Record<string, string>>): void
  /** Nothing to say: a notification was taken, or nobody waits for the answer. */
  endEmpty(status: number, headers?: Readonly<Record<string, string>>): void
}

/** The answer to one message of a batch, kept until all are there. */
export class BatchPart implements Replying {
  message: Buffer | undefined
  readonly #budget: BodyBudget

  /** @param budget what is kept altogether; a message that does not fit is dropped */
  constructor(budget: BodyBudget) {
    this.#budget = budget
  }

  get dropped(): boolean {
    return this.message === tooMuch
  }

  /** The message is on its way, or nobody waits for it. */
  free(): void {
    if (this.message !== undefined) this.#budget.heldBytes -= this.message.length
  }

  push(): boolean {
    return false
  }

  end(_status: number, message: Buffer): void {
    const {heldBytes, maxBytes} = this.#budget
    this.message = heldBytes + message.length > maxBytes ? tooMuch : message
    this.#budget.heldBytes += this.message.length
  }

  endEmpty(): void {}
}

/** Stands for an answer that could not be kept. */
const tooMuch = Buffer.alloc(0)

/** A client that leaves more of its stream unread than this is cut off, so that it cannot fill our memory. */
const maxUnreadBytes = 64 * 1024 * 1024

/** Beyond this the copy costs more than a second buffer in the write. */
const oneWriteBytes = 32 * 1024

/** The answer to one POST: a JSON document, or an event stream as soon as something is said before the answer. */
export class Reply implements Replying, TurnEndWriter {
  readonly #response: ServerResponse
  readonly #request: OpenRequest
  readonly #now: () => number
  readonly #streamable: boolean
  readonly #compression: Compression | undefined
  #streaming = false
  #ended = false
  /** A body that leaves at the end of this turn. */
  #unsent: string | undefined
  #bytes = 0
  /** Where the stream of a legacy session's call can be taken up again. */
  resumable: ResumableStreams | undefined
  #stream: ResumableStream | undefined

  /** @param streamable the client takes `text/event-stream` */
  constructor(
    response: ServerResponse,
    request: OpenRequest,
    now: () => number,
    streamable: boolean,
    compression?: Compression,
  ) {
    this.#response = response
    this.#request = request
    this.#now = now
    this.#streamable = streamable
    this.#compression = compression
  }

  get bytes(): number {
    return this.#bytes
  }

  get status(): number {
    return this.#response.statusCode
  }

  /** Begins the stream, if it has not begun. */
  open(): void {
    if (this.#streaming) return
    this.#streaming = true
    this.#head(200, {'content-type': 'text/event-stream', 'cache-control': 'no-cache', 'x-accel-buffering': 'no'})
    this.#response.flushHeaders()
  }

  push(message: Buffer, keep = true): boolean {
    if (!this.#streamable || this.#ended) return false
    if (this.#response.destroyed || this.#response.writableEnded) {
      if (keep) this.#stream?.add(message)
      return false
    }
    if (!this.#streaming) this.#stream = this.resumable?.open()
    this.open()
    this.#write(this.#event(message))
    return true
  }

  #event(message: Buffer): Buffer {
    return this.#stream?.add(message) ?? encodeSseEvent({event: 'message', data: message})
  }

  /** The last event of a stream. It may have broken already: then it is kept for who takes it up again. */
  #last(message: Buffer): void {
    const event = this.#event(message)
    this.#ended = true
    if (this.#response.destroyed) return this.#closeStream(false)
    this.#write(event)
    this.#response.once('close', () => this.#closeStream(this.#response.writableFinished))
    this.#response.end()
  }

  #closeStream(read: boolean): void {
    if (this.#stream) this.resumable?.close(this.#stream, read)
  }

  /** The answer. @param status of a JSON answer; a stream has been 200 since it began */
  end(status: number, message: Buffer, headers?: Readonly<Record<string, string>>): void {
    if (this.#ended) return
    if (this.#streaming && !this.#response.writableEnded) return this.#last(message)
    if (this.#response.destroyed || this.#response.writableEnded) return
    const json: Record<string, string> = {...headers, 'content-type': 'application/json'}
    if (this.#compression !== undefined) {
      json.vary = 'Accept-Encoding'
      const coding = this.#compression.codingFor(this.#acceptEncoding, message.length)
      if (coding !== undefined) return void this.#compress(this.#compression, coding, status, message, json)
    }
    this.#document(status, message, json)
  }

  get #acceptEncoding(): string | undefined {
    const header = this.#response.req.headers['accept-encoding']
    return Array.isArray(header) ? header.join(',') : header
  }

  async #compress(
    compression: Compression,
    coding: Coding,
    status: number,
    message: Buffer,
    headers: Record<string, string>,
  ): Promise<void> {
    this.#ended = true
    let [body, head] = [message, headers]
    try {
      body = await compression.compress(coding, message)
      head = {...headers, 'content-encoding': coding}
    } catch {
      // No memory for it: the answer leaves as it is.
    }
    if (!this.#response.destroyed) this.#document(status, body, head)
  }

  #document(status: number, message: Buffer, headers: Record<string, string>): void {
    this.#ended = true
    headers['content-length'] = String(message.length)
    this.#head(status, headers)
    this.#bytes += message.length
    // As latin1 text a body leaves in one write with its head; each byte stays what it is.
    if (message.length <= oneWriteBytes) {
      this.#unsent = message.toString('latin1')
      writeAtTurnEnd(this)
    } else this.#response.end(message)
  }

  writeNow(): void {
    if (!this.#response.destroyed) this.#response.end(this.#unsent, 'latin1')
  }

  endEmpty(status: number, headers: Readonly<Record<string, string>> = {}): void {
    if (this.#ended || this.#response.destroyed || this.#response.writableEnded) return
    if (!this.#streaming) this.#head(status, {...headers, 'content-length': '0'})
    this.#closeStream(true)
    this.#response.end()
  }

  #head(status: number, headers: Record<string, string>): void {
    this.#request.firstByteAt ??= this.#now()
    headers['x-request-id'] = this.#request.requestId
    headers['x-trace-id'] = this.#request.traceId
    if (this.#request.debug) headers['x-debug-info'] = debugInfo(this.#request, this.#now())
    this.#response.writeHead(status, headers)
  }

  /** Further bytes of a stream that is open. */
  write(event: Buffer): void {
    if (!this.#response.destroyed && !this.#response.writableEnded) this.#write(event)
  }

  #write(bytes: Buffer): void {
    this.#bytes += bytes.length
    this.#response.write(bytes)
    if (this.#response.writableLength > maxUnreadBytes) this.#response.destroy()
  }
}
