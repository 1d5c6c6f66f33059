import {ChunkedBody} from './chunked-body.ts'
import type {HttpHead} from './http-client.ts'
import {HttpFault} from './http-fault.ts'
import {endsConnection, keptForMs, type ParsedHead, parseHead} from './http-response-head.ts'

/** A head larger than this is refused. */
const maxHeadBytes = 64 * 1024

const headEnd = Buffer.from('\r\n\r\n')
const none = Buffer.alloc(0)
const beginning = Buffer.from('HTTP/1.')

export interface ResponseEvents {
  head(status: number, headers: HttpHead): void
  /** A view of what was pushed: whoever keeps it copies it. */
  data(chunk: Buffer): void
}

/**
 * Reads the one response to a request, RFC 9112. Strict: what two readers could take for two different messages is a
 * fault, as the next request on the connection would get what is left of this one.
 */
export class HttpResponseReader {
  readonly #events: ResponseEvents
  #state: 'head' | 'length' | 'chunked' | 'until-close' | 'done' = 'head'
  #pending: Buffer = none
  #rest = 0
  #chunks: ChunkedBody | undefined
  #head: ParsedHead | undefined
  /** Anything came at all. */
  started = false

  constructor(events: ResponseEvents) {
    this.#events = events
  }

  get done(): boolean {
    return this.#state === 'done'
  }

  /** For how long the connection may be used again: 0 not at all, null when the backend says nothing. */
  get keptForMs(): number | null {
    return this.#head === undefined || endsConnection(this.#head) ? 0 : keptForMs(this.#head)
  }

  /** @returns how many bytes belong to this response @throws HttpFault */
  push(chunk: Buffer): number {
    this.started = true
    let at = 0
    while (at < chunk.length && this.#state !== 'done') {
      if (this.#state === 'head') at = this.#readHead(chunk, at)
      else at = this.#readBody(chunk, at)
    }
    return at
  }

  /** The backend has closed its side. @throws HttpFault unless that is where the response ends */
  closed(): void {
    if (this.#state === 'done') return
    if (this.#state !== 'until-close') throw new HttpFault('CLOSED_EARLY', 'closed before the response was complete')
    this.#state = 'done'
  }

  #readHead(chunk: Buffer, from: number): number {
    const before = this.#pending.length
    const bytes = before === 0 ? chunk.subarray(from) : Buffer.concat([this.#pending, chunk.subarray(from)])
    const end = bytes.indexOf(headEnd, Math.max(0, before - 3))
    if (end === -1 ? bytes.length > maxHeadBytes : end > maxHeadBytes)
      throw new HttpFault('HEAD_TOO_LARGE', `the head of the response is larger than ${maxHeadBytes} bytes`)
    if (end === -1) {
      refuseOther(bytes)
      this.#pending = before === 0 ? Buffer.from(bytes) : bytes
      return chunk.length
    }
    this.#pending = none
    const head = parseHead(bytes.toString('latin1', 0, end))
    // 1xx only announces: the response is still to come (RFC 9110, section 15.2).
    if (head.status >= 200) this.#begin(head)
    return from + end + headEnd.length - before
  }

  #begin(head: ParsedHead): void {
    this.#head = head
    const {status, chunked, length} = head
    this.#events.head(status, head.headers)
    if (status === 204 || status === 304) this.#state = 'done'
    else if (chunked) {
      this.#state = 'chunked'
      this.#chunks = new ChunkedBody(data => this.#events.data(data))
    } else if (length === null) this.#state = 'until-close'
    else {
      this.#rest = length
      this.#state = length === 0 ? 'done' : 'length'
    }
  }

  #readBody(chunk: Buffer, from: number): number {
    if (this.#chunks) {
      const to = this.#chunks.push(chunk, from)
      if (this.#chunks.done) this.#state = 'done'
      return to
    }
    if (this.#state === 'until-close') {
      this.#events.data(chunk.subarray(from))
      return chunk.length
    }
    const to = Math.min(chunk.length, from + this.#rest)
    this.#rest -= to - from
    if (this.#rest === 0) this.#state = 'done'
    this.#events.data(chunk.subarray(from, to))
    return to
  }
}

/** Who greets first, as ssh and mail servers do, waits for our next word: its head would never end. @throws HttpFault */
function refuseOther(bytes: Buffer): void {
  const length = Math.min(bytes.length, beginning.length)
  if (bytes.compare(beginning, 0, length, 0, length) === 0) return
  const begins = JSON.stringify(bytes.toString('latin1', 0, 60))
  throw new HttpFault('BAD_RESPONSE', `the response begins with ${begins}`)
}
