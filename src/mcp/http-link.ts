import {Pool} from 'undici'
import type {Clock} from '../shared/clock.ts'
import type {CallFailure} from './call-failure.ts'
import type {BackendAnswer, ConnectionEvents} from './connection.ts'
import type {ClientIdentity} from './handshake.ts'
import {type HttpExchangeOptions, type HttpHead, httpExchange} from './http-exchange.ts'
import {notificationMessage, responseMessage} from './json-rpc.ts'
import {type Era, modernVersion, newestLegacyVersion} from './protocol.ts'

export interface HttpOptions {
  readonly endpoint: string
  /** Added to every request, credentials included. */
  readonly headers: Readonly<Record<string, string>>
  readonly identity: ClientIdentity
  readonly clock: Clock
  readonly handshakeTimeoutMs: number
  readonly connectTimeoutMs: number
  readonly maxMessageBytes: number
  readonly maxConnections: number
  readonly events: ConnectionEvents
}

type ExchangeEvents = Pick<HttpExchangeOptions, 'onHead' | 'onData' | 'onEnd' | 'onError'>

/** The requests to one endpoint: a pool of connections, and for the legacy era the session's id. */
export class HttpLink {
  era: Era = 'modern'
  negotiated: string | undefined
  readonly options: HttpOptions
  readonly origin: string
  readonly #path: string
  readonly #pool: Pool
  readonly #end: (failure: CallFailure | null) => void
  /** As in BackendConnection. */
  readonly closed: Promise<CallFailure | null>
  #session: string | undefined
  #fixed: {version: string; session: string | undefined; headers: Readonly<Record<string, string>>} | undefined
  #closing: Promise<void> | undefined

  constructor(options: HttpOptions) {
    this.options = options
    const url = new URL(options.endpoint)
    this.origin = url.origin
    this.#path = url.pathname + url.search
    this.#pool = new Pool(url.origin, {
      connections: options.maxConnections,
      allowH2: false,
      connect: {timeout: options.connectTimeoutMs},
      // Each call has a timer of its own; these only bound what a broken peer can hold.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 30_000,
    })
    let end: (failure: CallFailure | null) => void = () => {}
    this.closed = new Promise(resolve => {
      end = resolve
    })
    this.#end = end
  }

  notify(method: string, params: Buffer | null): void {
    this.#send(notificationMessage(method, params), this.headersFor(method, undefined))
  }

  /** Answers a request that the backend sent within a response stream (legacy era). */
  respond(id: Buffer, answer: BackendAnswer): void {
    this.#send(responseMessage(id, answer.kind, answer.value), this.headersFor(null, undefined))
  }

  /** Starts one POST. @returns a function that aborts it */
  post(body: Buffer, headers: Readonly<Record<string, string>>, on: ExchangeEvents): () => void {
    return httpExchange({
      dispatcher: this.#pool,
      origin: this.origin,
      path: this.#path,
      method: 'POST',
      headers,
      body,
      ...on,
    })
  }

  /**
   * Opens a GET stream: the session's own, or the rest of another after `lastEventId`. It ends with the link.
   * @returns a function that aborts it
   */
  get(on: ExchangeEvents, lastEventId: string | null): () => void {
    const headers = {
      ...this.headersFor(null, undefined),
      accept: 'text/event-stream',
      ...(lastEventId !== null && {'last-event-id': lastEventId}),
    }
    return httpExchange({
      dispatcher: this.#pool,
      origin: this.origin,
      path: this.#path,
      method: 'GET',
      headers,
      body: null,
      ...on,
    })
  }

  get closing(): boolean {
    return this.#closing !== undefined
  }

  /** @returns headers that the caller must not change */
  headersFor(method: string | null, name: string | undefined): Readonly<Record<string, string>> {
    if (this.era === 'modern') {
      return {
        ...this.#fixedHeaders(),
        ...(method !== null && {'mcp-method': method}),
        ...(name !== undefined && {'mcp-name': headerValue(name)}),
      }
    }
    if (method !== 'initialize') return this.#fixedHeaders()
    const {'mcp-protocol-version': _, ...others} = this.#fixedHeaders()
    return others
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
    this.#session = undefined
    this.#end(failure)
  }

  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    this.#end(null)
    if (this.#session !== undefined) await this.#deleteSession(500)
    await this.#pool.destroy()
  }

  #deleteSession(timeoutMs: number): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      httpExchange({
        dispatcher: this.#pool,
        origin: this.origin,
        path: this.#path,
        method: 'DELETE',
        headers: this.headersFor(null, undefined),
        body: null,
        onHead: done,
        onData: () => {},
        onEnd: done,
        onError: done,
      })
    })
  }

  /** A message that wants no answer; what comes of it is only worth a note. */
  #send(body: Buffer, headers: Readonly<Record<string, string>>): void {
    if (this.#closing) return
    this.post(body, headers, {
      onHead: status => {
        if (status >= 400) this.options.events.onOddity('NotificationRefused', `HTTP ${status}`)
      },
      onData: () => {},
      onEnd: () => {},
      onError: error => {
        if (!this.#closing) this.options.events.onOddity('NotificationLost', error.message)
      },
    })
  }
}

/** `Mcp-Name` as RFC 9110 allows it; anything else goes as the base64 sentinel (MCP 2026-07-28, headers). */
export function headerValue(text: string): string {
  const plain = /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !/^=\?base64\?.*\?=$/.test(text)
  return plain ? text : `=?base64?${Buffer.from(text).toString('base64')}?=`
}
