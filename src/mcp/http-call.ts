import {messageOf} from '../shared/errors.ts'
import {CallFailure} from './call-failure.ts'
import type {BackendAnswer, BackendCall} from './connection.ts'
import {scanMessage} from './envelope.ts'
import {type HttpHead, transportFailure} from './http-exchange.ts'
import type {HttpLink} from './http-link.ts'
import {errorValue, requestMessage} from './json-rpc.ts'
import {ownId} from './message-id.ts'
import {cancelled, longestTimerMs, timedOut} from './pending-calls.ts'
import {ownProgressToken} from './progress-token.ts'
import {rpcCode} from './protocol.ts'
import {SseParser} from './sse-parser.ts'
import {StreamPosition} from './stream-position.ts'

/** One call over HTTP: a POST whose answer is JSON or a stream of events. Ends once. */
export class HttpCall {
  readonly #link: HttpLink
  readonly #call: BackendCall
  readonly #id: number
  readonly #startedAt: number
  #abort: () => void = () => {}
  #over = false
  #settle: {resolve: (answer: BackendAnswer) => void; reject: (failure: CallFailure) => void} | undefined
  #timer: NodeJS.Timeout | undefined
  #onAbort: (() => void) | undefined
  #status = 0
  #contentType = ''
  #chunks: Buffer[] = []
  #size = 0
  #events: SseParser | undefined
  #position: StreamPosition | undefined
  #reopening: NodeJS.Timeout | undefined

  constructor(link: HttpLink, call: BackendCall, id: number) {
    this.#link = link
    this.#call = call
    this.#id = id
    this.#startedAt = link.options.clock.now()
  }

  run(): Promise<BackendAnswer> {
    const call = this.#call
    return new Promise((resolve, reject) => {
      this.#settle = {resolve, reject}
      if (call.signal?.aborted === true) return this.#fail(cancelled(call))
      this.#startTimer()
      if (call.signal) {
        this.#onAbort = () => {
          this.#tellCancelled('cancelled by the client')
          this.#fail(cancelled(call))
        }
        call.signal.addEventListener('abort', this.#onAbort, {once: true})
      }
      const params = this.#link.era === 'legacy' ? ownProgressToken(call.params, this.#id) : call.params
      this.#abort = this.#link.post(requestMessage(this.#id, call.method, params), this.#headers(), {
        onHead: (status, headers) => this.#head(status, headers),
        onData: chunk => this.#data(chunk),
        onEnd: () => this.#complete(),
        onError: (error, written) => this.#broken(transportFailure(this.#link.origin, error, written)),
      })
    })
  }

  #headers(): Readonly<Record<string, string>> {
    const {method, name, headers} = this.#call
    const own = this.#link.headersFor(method, name)
    return this.#link.era === 'modern' && headers !== undefined ? {...own, ...headers} : own
  }

  /** The modern era cancels by closing the stream (#fail does it), the legacy one by a notification. */
  #tellCancelled(reason: string): void {
    if (this.#over || this.#link.era !== 'legacy' || this.#call.method === 'initialize') return
    this.#link.notify('notifications/cancelled', Buffer.from(JSON.stringify({requestId: this.#id, reason})))
  }

  #head(status: number, headers: HttpHead): void {
    this.#status = status
    this.#contentType =
      String(headers['content-type'] ?? '')
        .split(';')[0]
        ?.trim()
        .toLowerCase() ?? ''
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
        onOverflow: () => this.#fail(this.#tooLarge()),
      })
    }
  }

  #data(chunk: Buffer): void {
    if (this.#events) return this.#events.push(chunk)
    this.#size += chunk.length
    if (this.#size > this.#link.options.maxMessageBytes) return this.#fail(this.#tooLarge())
    this.#chunks.push(chunk)
  }

  #complete(): void {
    if (this.#over) return
    if (this.#events) {
      this.#events.end()
      return this.#broken(this.#failure('StreamEnded', 'transport', 'the event stream ended without the answer'))
    }
    const body = this.#chunks.length === 1 ? (this.#chunks[0] as Buffer) : Buffer.concat(this.#chunks)
    if (this.#contentType === 'application/json') this.#message(body)
    if (!this.#over) this.#fail(this.#notAnAnswer(body))
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
      this.#abort = this.#link.get(
        {
          onHead: (status, headers) => {
            this.#head(status, headers)
            if (this.#events === undefined) this.#fail(failure)
          },
          onData: chunk => this.#data(chunk),
          onEnd: () => this.#complete(),
          onError: () => this.#fail(failure),
        },
        lastEventId,
      )
    }, this.#position?.delayMs)
  }

  /** One JSON-RPC message of the backend: the answer, or something on the way to it. */
  #message(bytes: Buffer): void {
    if (this.#over || bytes.length === 0) return
    const {events} = this.#link.options
    const scanned = scanMessage(bytes)
    if (!scanned.ok) {
      if (this.#status >= 400) return // an error page that calls itself JSON: the status says more
      return this.#fail(
        this.#failure(
          'MalformedAnswer',
          'backend-logic',
          `the answer is no valid JSON-RPC message (${scanned.fault})`,
          bytes,
        ),
      )
    }
    const {kind, method, id, params, result, error} = scanned.message
    const part = (span: {readonly start: number; readonly end: number} | null): Buffer | null =>
      span && bytes.subarray(span.start, span.end)
    if (kind === 'notification') {
      const deliver = this.#call.onNotification ?? events.onNotification
      return deliver(method ?? '', part(params))
    }
    if (kind === 'request') return void this.#asked(method ?? '', id?.bytes ?? null, part(params))
    if (id !== null && ownId(id) !== this.#id)
      return events.onOddity('UnexpectedAnswer', `id ${id.bytes.toString('utf8', 0, 60)}`)
    const value = part(kind === 'result' ? result : error)
    if (kind === 'error' && value && this.#isSessionLost(value)) return this.#fail(this.#sessionLost(value))
    if (value) this.#answer(this.#status >= 400 ? {kind, value, status: this.#status} : {kind, value})
  }

  /** The backend asks something within its answer's stream; the call's clock stands still until it has the answer. */
  async #asked(method: string, id: Buffer | null, params: Buffer | null): Promise<void> {
    clearTimeout(this.#timer)
    const handle = this.#call.onServerRequest ?? this.#link.options.events.onRequest
    const answer = await handle(method, params).catch(
      (error: unknown): BackendAnswer => ({
        kind: 'error',
        value: errorValue(rpcCode.internalError, messageOf(error)),
      }),
    )
    if (this.#over) return
    this.#startTimer()
    if (id) this.#link.respond(id, answer)
  }

  #startTimer(): void {
    const call = this.#call
    this.#timer = setTimeout(
      () => {
        this.#tellCancelled('timed out')
        this.#fail(timedOut(call, this.#link.options.clock.now() - this.#startedAt))
      },
      Math.min(call.timeoutMs, longestTimerMs),
    )
  }

  /** 404 by the protocol (2025-11-25, "Session Management"); many servers on the TypeScript SDK say 400 and tell why. */
  #isSessionLost(error: Buffer): boolean {
    if (!this.#link.hasSession) return false
    return this.#status === 404 || (this.#status === 400 && /session/i.test(error.toString('utf8', 0, 300)))
  }

  #sessionLost(body: Buffer): CallFailure {
    const lost = this.#failure(
      'SessionLost',
      'backend-process',
      `the backend has forgotten our session (HTTP ${this.#status})`,
      body,
      'no',
    )
    this.#link.lost(lost)
    return lost
  }

  #notAnAnswer(body: Buffer): CallFailure {
    const status = this.#status
    if (status === 404 && this.#link.hasSession) return this.#sessionLost(body)
    if (status === 401 || status === 403) {
      return this.#failure(
        'CredentialsRejected',
        'proxy',
        `the backend rejected our credentials with HTTP ${status}`,
        body,
        'no',
      )
    }
    if (status >= 300 && status < 400)
      return this.#failure(
        'HttpStatus',
        'backend-logic',
        `it redirects (HTTP ${status}); redirects are not followed`,
        body,
      )
    if (status >= 400) return this.#failure('HttpStatus', 'backend-logic', `it answered HTTP ${status}`, body)
    return this.#failure(
      'NotMcp',
      'backend-logic',
      `it answered ${this.#contentType || 'without a content type'} where JSON or an event stream is due`,
      body,
    )
  }

  #tooLarge(): CallFailure {
    return this.#failure(
      'AnswerTooLarge',
      'backend-logic',
      `the answer is larger than ${this.#link.options.maxMessageBytes} bytes`,
    )
  }

  #failure(
    kind: string,
    blame: CallFailure['blame'],
    message: string,
    body?: Buffer,
    delivered: CallFailure['delivered'] = 'unknown',
  ): CallFailure {
    const seen = body !== undefined && body.length > 0 ? `: ${body.toString('utf8', 0, 300)}` : ''
    return new CallFailure(message, {
      kind,
      blame,
      code: delivered === 'no' ? rpcCode.noBackend : rpcCode.serverError,
      delivered,
      evidence: `HTTP ${this.#status}${seen}`,
      httpStatus: this.#status,
    })
  }

  #answer(answer: BackendAnswer): void {
    if (this.#over) return
    this.#finish()
    // A stream that goes on after the answer is let go: nothing in it can matter to this call.
    if (this.#events) this.#abort()
    this.#settle?.resolve(answer)
  }

  #fail(failure: CallFailure): void {
    if (this.#over) return
    this.#finish()
    this.#abort()
    this.#settle?.reject(failure)
  }

  #finish(): void {
    this.#over = true
    clearTimeout(this.#timer)
    clearTimeout(this.#reopening)
    if (this.#onAbort) this.#call.signal?.removeEventListener('abort', this.#onAbort)
  }
}
