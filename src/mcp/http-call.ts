import type {CallFailure} from './call-failure.ts'
import type {CancelListener} from './cancel-source.ts'
import type {BackendAnswer, BackendCall} from './connection.ts'
import {type ScanResult, scanMessage} from './envelope.ts'
import {
  answerFailure,
  mediaType,
  notAnAnswer,
  redirectTarget,
  type SeenAnswer,
  tooLarge,
} from './http-answer-failure.ts'
import type {HttpExchange, HttpHead, HttpReceiver} from './http-client.ts'
import type {HttpLink} from './http-link.ts'
import {requestMessage} from './json-rpc.ts'
import {type MessageId, ownId} from './message-id.ts'
import {cancelled, expire, longestTimerMs, timedOut} from './pending-calls.ts'
import {ownProgressToken} from './progress-token.ts'
import {SseParser} from './sse-parser.ts'
import {StreamPosition} from './stream-position.ts'
import {transportFailure} from './transport-failure.ts'

/** One call over HTTP: a POST whose answer is JSON or a stream of events. Ends once. */
export class HttpCall implements HttpReceiver, CancelListener {
  readonly #link: HttpLink
  readonly #call: BackendCall
  readonly #id: number
  readonly #startedAt: number
  #exchange: HttpExchange | undefined
  #over = false
  #settle: PromiseWithResolvers<BackendAnswer> | undefined
  #timer: NodeJS.Timeout | undefined
  #status = 0
  #contentType = ''
  #location: string | undefined
  #chunks: Buffer[] = []
  #size = 0
  #events: SseParser | undefined
  #position: StreamPosition | undefined
  #reopening: NodeJS.Timeout | undefined
  /** What the backend asks in its stream. */
  #asking: Set<MessageId> | undefined

  constructor(link: HttpLink, call: BackendCall, id: number) {
    this.#link = link
    this.#call = call
    this.#id = id
    this.#startedAt = link.options.clock.now()
  }

  run(): Promise<BackendAnswer> {
    const call = this.#call
    if (call.signal?.aborted === true) return Promise.reject(cancelled(call))
    const {era} = this.#link
    const params = era === 'legacy' ? ownProgressToken(call.params, this.#id) : call.params
    const headers = this.#link.headersFor(call.method, call.name, call.headers, call.trace?.headers)
    const body = requestMessage(this.#id, call.method, params)
    const settle = Promise.withResolvers<BackendAnswer>()
    this.#settle = settle
    this.#startTimer()
    call.signal?.listen(this)
    this.#exchange = this.#link.post(body, headers, this)
    return settle.promise
  }

  onCancel(): void {
    this.#tellCancelled('cancelled by the client')
    this.#fail(cancelled(this.#call))
  }

  /** The modern era cancels by closing the stream (#fail does it), the legacy one by a notification. */
  #tellCancelled(reason: string): void {
    if (this.#over || this.#link.era !== 'legacy' || this.#call.method === 'initialize') return
    this.#link.notify('notifications/cancelled', Buffer.from(JSON.stringify({requestId: this.#id, reason})))
  }

  head(status: number, headers: HttpHead): void {
    this.#status = status
    this.#contentType = mediaType(headers['content-type'])
    if (status >= 300 && status < 400) this.#location = redirectTarget(headers.location, this.#link.options.endpoint)
    if (this.#call.method === 'initialize') this.#link.learnSession(headers)
    if (status === 200 && this.#contentType === 'text/event-stream') {
      const position = this.#position ?? new StreamPosition()
      this.#position = position
      this.#events = new SseParser({
        maxEventBytes: this.#link.options.maxMessageBytes,
        onEvent: event => {
          position.note(event)
          this.#message(event.data)
        },
        onOverflow: () => this.#fail(tooLarge(this.#seen(), this.#link.options.maxMessageBytes)),
      })
    }
  }

  data(chunk: Buffer): void {
    if (this.#events) return this.#events.push(chunk)
    this.#size += chunk.length
    if (this.#size > this.#link.options.maxMessageBytes)
      return this.#fail(tooLarge(this.#seen(), this.#link.options.maxMessageBytes))
    this.#chunks.push(chunk)
  }

  end(): void {
    if (this.#over) return
    if (this.#events) {
      this.#events.end()
      return this.#broken(
        answerFailure(this.#seen(), 'StreamEnded', 'transport', 'the event stream ended without the answer'),
      )
    }
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    if (this.#contentType === 'application/json') this.#message(body)
    if (!this.#over) this.#fail(this.#notAnAnswer(body))
  }

  failed(error: Error, written: boolean): void {
    this.#broken(transportFailure(this.#link.origin, error, written))
  }

  /**
   * A stream broke off before the answer. Where a legacy backend has numbered its events it is asked for the rest of it,
   * within the time of the call: it may have closed the stream on purpose, to be polled (SEP-1699).
   */
  #broken(failure: CallFailure): void {
    const lastEventId = this.#position?.lastEventId ?? null
    if (this.#over || lastEventId === null || this.#link.era === 'modern') return this.#fail(failure)
    this.#reopening = setTimeout(() => {
      this.#events = undefined
      this.#exchange = this.#link.get(
        {
          head: (status, headers) => {
            this.head(status, headers)
            if (this.#events === undefined) this.#fail(failure)
          },
          data: chunk => this.data(chunk),
          end: () => this.end(),
          failed: () => this.#fail(failure),
        },
        lastEventId,
      )
    }, this.#position?.delayMs)
  }

  /** One JSON-RPC message of the backend: the answer, or something on the way to it. */
  #message(bytes: Buffer): void {
    if (this.#over || bytes.length === 0) return
    const scanned = scanMessage(bytes)
    if (!scanned.ok && scanned.fault === 'batch' && scanned.elements.length > 0) {
      // Revision 2025-03-26 has batches, and whoever speaks it must be able to receive them.
      for (const {start, end} of scanned.elements) {
        const element = bytes.subarray(start, end)
        this.#take(element, scanMessage(element))
      }
    } else this.#take(bytes, scanned)
  }

  #take(bytes: Buffer, scanned: ScanResult): void {
    if (this.#over) return
    const {events} = this.#link.options
    if (!scanned.ok) {
      if (this.#status >= 400) return // an error page that calls itself JSON: the status says more
      const message = `the answer is no valid JSON-RPC message (${scanned.fault})`
      return this.#fail(answerFailure(this.#seen(bytes), 'MalformedAnswer', 'backend-logic', message))
    }
    const {kind, method, id, params, result, error} = scanned.message
    const part = (span: {readonly start: number; readonly end: number} | null): Buffer | null =>
      span && bytes.subarray(span.start, span.end)
    if (kind === 'notification') {
      if (method === 'notifications/cancelled') return void this.#link.questions.withdrawn(part(params))
      const deliver = this.#call.onNotification ?? events.onNotification
      return deliver(method ?? '', part(params))
    }
    if (kind === 'request') return void this.#asked(method ?? '', id, part(params))
    if (id !== null && ownId(id) !== this.#id)
      return events.onOddity('UnexpectedAnswer', `id ${id.bytes.toString('utf8', 0, 60)}`)
    const value = part(kind === 'result' ? result : error)
    if (kind === 'error' && value && this.#isSessionLost(value)) return this.#fail(this.#sessionLost(value))
    if (value) this.#answer(this.#status >= 400 ? {kind, value, status: this.#status} : {kind, value})
  }

  /** The backend asks something within its answer's stream; the call's clock stands still until it has the answer. */
  async #asked(method: string, id: MessageId | null, params: Buffer | null): Promise<void> {
    clearTimeout(this.#timer)
    const handle = this.#call.onServerRequest ?? this.#link.options.events.onRequest
    this.#asking ??= new Set()
    if (id) this.#asking.add(id)
    const answer = await this.#link.questions.ask(id, handle, method, params)
    if (id) this.#asking.delete(id)
    if (this.#over) return
    this.#startTimer()
    if (id && answer) this.#link.respond(id.bytes, answer)
  }

  #startTimer(): void {
    this.#timer = setTimeout(expire, Math.min(this.#call.timeoutMs, longestTimerMs), this)
  }

  onTimeout(): void {
    this.#tellCancelled('timed out')
    const elapsedMs = this.#link.options.clock.now() - this.#startedAt
    this.#fail(this.#exchange?.heldBack?.() ?? timedOut(this.#call, elapsedMs))
  }

  /** 404 by the protocol (2025-11-25, "Session Management"); many servers on the TypeScript SDK say 400 and tell why. */
  #isSessionLost(error: Buffer): boolean {
    if (!this.#link.hasSession) return false
    return this.#status === 404 || (this.#status === 400 && /session/i.test(error.toString('utf8', 0, 300)))
  }

  #sessionLost(body: Buffer): CallFailure {
    const message = `the backend has forgotten our session (HTTP ${this.#status})`
    const lost = answerFailure(this.#seen(body), 'SessionLost', 'backend-process', message, 'no')
    this.#link.lost(lost)
    return lost
  }

  #notAnAnswer(body: Buffer): CallFailure {
    if (this.#status === 404 && this.#link.hasSession) return this.#sessionLost(body)
    return notAnAnswer(this.#seen(body))
  }

  #seen(body?: Buffer): SeenAnswer {
    const location = this.#location
    return {
      status: this.#status,
      contentType: this.#contentType,
      ...(body && {body}),
      ...(location !== undefined && {location}),
    }
  }

  #answer(answer: BackendAnswer): void {
    if (this.#over) return
    this.#finish()
    // A stream that goes on after the answer is let go: nothing in it can matter to this call.
    if (this.#events) this.#exchange?.abort()
    this.#settle?.resolve(answer)
  }

  #fail(failure: CallFailure): void {
    if (this.#over) return
    this.#finish()
    this.#exchange?.abort()
    if (this.#asking) for (const id of this.#asking) this.#link.questions.drop(id)
    this.#settle?.reject(failure)
  }

  #finish(): void {
    this.#over = true
    clearTimeout(this.#timer)
    clearTimeout(this.#reopening)
    this.#call.signal?.unlisten(this)
  }
}
