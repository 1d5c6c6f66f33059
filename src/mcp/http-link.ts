import type {Clock} from '../shared/clock.ts'
import type {CallFailure} from './call-failure.ts'
import type {BackendAnswer, ConnectionEvents} from './connection.ts'
import type {ClientIdentity} from './handshake.ts'
import type {
  HttpClient,
  HttpClientOptions,
  HttpExchange,
  HttpHead,
  HttpPoolOptions,
  HttpReceiver,
  HttpRequest,
} from './http-client.ts'
import {notificationMessage, responseMessage} from './json-rpc.ts'
import {OneWayPosts} from './one-way-posts.ts'
import {type Era, modernVersion, newestLegacyVersion} from './protocol.ts'
import {ServerQuestions} from './server-questions.ts'

export interface HttpOptions {
  readonly endpoint: string
  /** Added to every request, credentials included. */
  readonly headers: Readonly<Record<string, string>>
  readonly identity: ClientIdentity
  readonly clock: Clock
  readonly handshakeTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly maxMessageBytes: number
  readonly pool: HttpPoolOptions
  readonly events: ConnectionEvents
  readonly tls?: HttpClientOptions['tls']
  /** In place of a fixed `authorization` among the headers. */
  readonly authorization?: HttpClientOptions['authorization']
}

type Headers = Pick<HttpRequest, 'headers' | 'more'>

/** The requests to one endpoint: a pool of connections, and for the legacy era the session's id. */
export class HttpLink {
  era: Era = 'modern'
  /** What the backend asks, in the stream of a call or in its own. */
  readonly questions = new ServerQuestions((method, params) => this.notify(method, params))
  negotiated: string | undefined
  readonly options: HttpOptions
  readonly origin: string
  readonly #path: string
  readonly #client: HttpClient
  readonly #oneWay: OneWayPosts
  readonly #end: (failure: CallFailure | null) => void
  /** As in BackendConnection. */
  readonly closed: Promise<CallFailure | null>
  #session: string | undefined
  #fixed: {version: string; session: string | undefined; headers: Readonly<Record<string, string>>} | undefined
  #closing: Promise<void> | undefined

  /** @param client to the endpoint's origin; closed with the link */
  constructor(options: HttpOptions, client: HttpClient) {
    this.options = options
    const url = new URL(options.endpoint)
    this.origin = url.origin
    this.#path = url.pathname + url.search
    this.#client = client
    const {onOddity} = options.events
    this.#oneWay = new OneWayPosts({
      onRefused: status => onOddity('NotificationRefused', `HTTP ${status}`),
      onLost: why => onOddity('NotificationLost', why),
    })
    let end: (failure: CallFailure | null) => void = () => {}
    this.closed = new Promise(resolve => {
      end = resolve
    })
    this.#end = end
  }

  notify(method: string, params: Buffer | null): void {
    this.#send(notificationMessage(method, params), this.headersFor(method))
  }

  /** Answers a request that the backend sent within a response stream (legacy era). */
  respond(id: Buffer, answer: BackendAnswer): void {
    this.#send(responseMessage(id, answer.kind, answer.value), this.headersFor(null))
  }

  post(body: Buffer, headers: Headers, receiver: HttpReceiver): HttpExchange {
    return this.#client.send({method: 'POST', path: this.#path, ...headers, body}, receiver)
  }

  /** Opens a GET stream: the session's own, or the rest of another after `lastEventId`. It ends with the link. */
  get(receiver: HttpReceiver, lastEventId: string | null): HttpExchange {
    const more = {accept: 'text/event-stream', ...(lastEventId !== null && {'last-event-id': lastEventId})}
    const {accept: _, ...headers} = this.#fixedHeaders()
    return this.#client.send({method: 'GET', path: this.#path, headers, more, body: null}, receiver)
  }

  get closing(): boolean {
    return this.#closing !== undefined
  }

  /**
   * @param more further ones, for the modern era
   * @param trace for every era
   */
  headersFor(
    method: string | null,
    name?: string,
    more?: Readonly<Record<string, string>>,
    trace?: Readonly<Record<string, string>>,
  ): Headers {
    const headers = this.#fixedHeaders()
    if (this.era === 'modern' && method !== null) {
      return {
        headers,
        more: {'mcp-method': method, ...(name !== undefined && {'mcp-name': headerValue(name)}), ...more, ...trace},
      }
    }
    if (method !== 'initialize') return trace === undefined ? {headers} : {headers, more: trace}
    const {'mcp-protocol-version': _, ...others} = headers
    return {headers: others}
  }

  /** What is the same in every request of this era, session and revision, built once for each of these. */
  #fixedHeaders(): Readonly<Record<string, string>> {
    const version = this.era === 'modern' ? modernVersion : (this.negotiated ?? newestLegacyVersion)
    const session = this.era === 'modern' ? undefined : this.#session
    const fixed = this.#fixed
    if (fixed?.version === version && fixed.session === session) return fixed.headers
    const headers = {
      ...this.options.headers,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': version,
      ...(session !== undefined && {'mcp-session-id': session}),
    }
    this.#fixed = {version, session, headers}
    return headers
  }

  /** Takes the session's id from the answer to `initialize`. */
  learnSession(headers: HttpHead): void {
    const id = headers['mcp-session-id']
    if (typeof id === 'string' && /^[\x21-\x7e]{1,1024}$/.test(id)) this.#session = id
  }

  get hasSession(): boolean {
    return this.#session !== undefined
  }

  /** The backend has forgotten our session, or is away: this connection is of no more use. */
  lost(failure: CallFailure): void {
    this.questions.end()
    this.#session = undefined
    this.#end(failure)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#end(null)
    this.questions.end()
    this.#oneWay.stop()
    if (this.#session !== undefined) await this.#deleteSession(500)
    await this.#client.destroy()
  }

  #deleteSession(timeoutMs: number): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      this.#client.send(
        {method: 'DELETE', path: this.#path, ...this.headersFor(null), body: null},
        {head: done, data: () => {}, end: done, failed: done},
      )
    })
  }

  /** A message that wants no answer; what comes of it is only worth a note. */
  #send(body: Buffer, headers: Headers): void {
    this.#oneWay.send(receiver => this.post(body, headers, receiver))
  }
}

/** `Mcp-Name` as RFC 9110 allows it; anything else goes as the base64 sentinel (MCP 2026-07-28, headers). */
export function headerValue(text: string): string {
  const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text)
  return plain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}
