import {CallFailure, type CallFailureDetails} from './call-failure.ts'
import type {DroppedMessage} from './dropped-message.ts'
import type {HttpClient, HttpExchange, HttpReceiver} from './http-client.ts'
import type {HttpOptions} from './http-link.ts'
import {OneWayPosts} from './one-way-posts.ts'
import {rpcCode} from './protocol.ts'
import {SseParser} from './sse-parser.ts'
import {transportFailure} from './transport-failure.ts'

/** The event stream and the POSTs of one HTTP+SSE endpoint (MCP 2024-11-05, "HTTP with SSE"). */
export class SseLink {
  /** Sent along once the handshake has told it. */
  negotiated: string | undefined
  readonly #options: HttpOptions
  readonly #url: URL
  readonly #headers: Readonly<Record<string, string>>
  readonly #client: HttpClient
  readonly #posts = new Set<{exchange?: HttpExchange}>()
  readonly #oneWay: OneWayPosts
  #stream: HttpExchange | undefined
  #postPath: string | undefined
  #over = false
  #settle: ((failure: CallFailure | null) => void) | undefined
  readonly closed: Promise<CallFailure | null>

  /** @param client to the endpoint's origin; closed with the link */
  constructor(options: HttpOptions, client: HttpClient) {
    this.#options = options
    this.#client = client
    this.#url = new URL(options.endpoint)
    this.#headers = {...options.headers, 'content-type': 'application/json'}
    const {onOddity} = options.events
    this.#oneWay = new OneWayPosts({
      onRefused: status => {
        onOddity('NotificationRefused', `HTTP ${status}`)
        this.#forgotten(status)
      },
      onLost: why => onOddity('NotificationLost', why),
    })
    this.closed = new Promise(resolve => {
      this.#settle = resolve
    })
  }

  /**
   * Opens the event stream, and waits until the backend has said where messages are to be posted.
   * @param onMessage gets each message of the stream
   * @param onOverflow told of one that is larger than a message may be
   * @throws CallFailure
   */
  async open(onMessage: (data: Buffer) => void, onOverflow: (dropped: DroppedMessage) => void): Promise<void> {
    const ready = new Promise<void>(resolve => {
      const parser = new SseParser({
        maxEventBytes: this.#options.maxMessageBytes,
        onEvent: ({event, data}) => {
          if (event === 'endpoint') {
            if (this.#learnEndpoint(data.toString())) resolve()
          } else if (event === 'message' && data.length > 0) onMessage(data)
        },
        onOverflow,
      })
      this.#stream = this.#client.send(
        {
          path: this.#url.pathname + this.#url.search,
          method: 'GET',
          headers: {...this.#options.headers, accept: 'text/event-stream'},
          body: null,
        },
        {
          head: (status, headers) => {
            const type = String(headers['content-type'] ?? '')
            if (status !== 200) return this.#end(refused(status))
            if (type.startsWith('text/event-stream')) return
            const got = type.slice(0, 80) || 'no content type'
            this.#end(failure('NotMcp', `it answered ${got} to GET, not an event stream`))
          },
          data: chunk => parser.push(chunk),
          end: () => this.#end(failure('StreamEnded', 'the event stream ended', {blame: 'transport'})),
          failed: (error, written) => this.#end(transportFailure(this.#url.origin, error, written)),
        },
      )
    })
    const timeoutMs = this.#options.handshakeTimeoutMs
    const timer = setTimeout(
      () => this.#end(failure('HandshakeFailed', `no endpoint event within ${timeoutMs} ms`)),
      timeoutMs,
    )
    const early = await Promise.race([ready, this.closed])
    clearTimeout(timer)
    if (early instanceof CallFailure) throw early
  }

  /**
   * Posts a request; the answer comes on the event stream.
   * @param timeoutMs an answer to the POST itself is waited for no longer: it holds a connection
   * @param failed told when it did not get through
   */
  post(message: Buffer, timeoutMs: number, failed: (failure: CallFailure) => void): void {
    if (this.#over || this.#postPath === undefined)
      return failed(failure('BackendGone', 'the event stream is closed', {blame: 'transport', delivered: 'no'}))
    let status = 0
    const post: {exchange?: HttpExchange} = {}
    const timer = setTimeout(() => {
      this.#posts.delete(post)
      post.exchange?.abort()
    }, timeoutMs).unref()
    const done = (): void => {
      clearTimeout(timer)
      this.#posts.delete(post)
    }
    this.#posts.add(post)
    post.exchange = this.#send(this.#postPath, message, {
      head: head => {
        status = head
      },
      data: () => {},
      end: () => {
        done()
        if (status >= 200 && status < 300) return
        failed(refused(status))
        this.#forgotten(status)
      },
      failed: (error, written) => {
        done()
        failed(transportFailure(this.#url.origin, error, written))
      },
    })
  }

  /** Posts what nobody waits for. */
  tell(message: Buffer): void {
    const path = this.#postPath
    if (!this.#over && path !== undefined) this.#oneWay.send(receiver => this.#send(path, message, receiver))
  }

  #send(path: string, body: Buffer, receiver: HttpReceiver): HttpExchange {
    const {negotiated} = this
    const more = negotiated !== undefined && {more: {'mcp-protocol-version': negotiated}}
    return this.#client.send({path, method: 'POST', headers: this.#headers, ...more, body}, receiver)
  }

  /** The stream belongs to a session that the backend no longer knows. */
  #forgotten(status: number): void {
    if (status === 404) this.#end(refused(status))
  }

  async close(): Promise<void> {
    this.#end(null)
    await this.#client.destroy()
  }

  /** Messages go nowhere but to the server that was configured: they carry its credentials. */
  #learnEndpoint(text: string): boolean {
    const url = URL.parse(text, this.#url.href)
    if (url === null || url.origin !== this.#url.origin) {
      this.#end(failure('HandshakeFailed', `its endpoint event names another origin: ${text.slice(0, 200)}`))
      return false
    }
    this.#postPath = url.pathname + url.search
    return true
  }

  #end(why: CallFailure | null): void {
    if (this.#over) return
    this.#over = true
    this.#oneWay.stop()
    this.#stream?.abort()
    for (const {exchange} of this.#posts) exchange?.abort()
    this.#settle?.(why)
  }
}

function refused(status: number): CallFailure {
  const evidence = `HTTP ${status}`
  if (status === 401 || status === 403)
    return failure('CredentialsRejected', `the backend rejected our credentials with HTTP ${status}`, {
      blame: 'proxy',
      delivered: 'no',
      evidence,
    })
  if (status === 404)
    return failure('SessionLost', 'the backend knows no such endpoint or session (HTTP 404)', {
      blame: 'backend-process',
      delivered: 'no',
      evidence,
    })
  const why = status >= 300 && status < 400 ? `it redirects (HTTP ${status}); redirects are not followed` : undefined
  return failure('HttpStatus', why ?? `it answered HTTP ${status}`, {evidence, httpStatus: status})
}

function failure(kind: string, message: string, details: Partial<CallFailureDetails> = {}): CallFailure {
  const delivered = details.delivered ?? 'unknown'
  return new CallFailure(message, {
    blame: 'backend-logic',
    code: delivered === 'no' ? rpcCode.noBackend : rpcCode.serverError,
    ...details,
    kind,
    delivered,
  })
}
