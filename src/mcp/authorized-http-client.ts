import {CallFailure} from './call-failure.ts'
import type {HttpClient, HttpExchange, HttpHead, HttpReceiver, HttpRequest} from './http-client.ts'
import {rpcCode} from './protocol.ts'
import type {RequestAuthorization} from './request-authorization.ts'

type Headers = HttpRequest['headers']

/**
 * Gives every request the token of its backend. A request waits while there is none; one that is answered with 401 was not
 * carried out, and is sent once more with another token before anybody hears of it.
 */
export class AuthorizedHttpClient implements HttpClient {
  readonly inner: HttpClient
  readonly authorization: RequestAuthorization
  /** One object for the same headers and token: the client below keeps what it makes of it. */
  readonly #merged = new WeakMap<Headers, {readonly authorization: string} & Headers>()

  constructor(inner: HttpClient, authorization: RequestAuthorization) {
    this.inner = inner
    this.authorization = authorization
  }

  send(request: HttpRequest, receiver: HttpReceiver): HttpExchange {
    const exchange = new AuthorizedExchange(this, request, receiver)
    exchange.begin()
    return exchange
  }

  destroy(): Promise<void> {
    return this.inner.destroy()
  }

  withToken(headers: Headers, authorization: string): Headers {
    const kept = this.#merged.get(headers)
    if (kept?.authorization === authorization) return kept
    const merged = {...headers, authorization}
    this.#merged.set(headers, merged)
    return merged
  }
}

class AuthorizedExchange implements HttpExchange, HttpReceiver {
  readonly #client: AuthorizedHttpClient
  readonly #request: HttpRequest
  readonly #receiver: HttpReceiver
  #sent: HttpExchange | undefined
  #token = ''
  #repeated = false
  #over = false

  constructor(client: AuthorizedHttpClient, request: HttpRequest, receiver: HttpReceiver) {
    this.#client = client
    this.#request = request
    this.#receiver = receiver
  }

  begin(): void {
    this.#sent = undefined
    const token = this.#client.authorization.header()
    if (typeof token === 'string') return this.#send(token)
    token.then(
      got => this.#send(got),
      (error: Error) => this.failed(error, false),
    )
  }

  #send(token: string): void {
    if (this.#over) return
    this.#token = token
    const {inner} = this.#client
    const headers = this.#client.withToken(this.#request.headers, token)
    this.#sent = inner.send({...this.#request, headers}, this)
  }

  abort(): void {
    this.#over = true
    this.#sent?.abort()
  }

  heldBack(): CallFailure | undefined {
    if (this.#over || this.#sent !== undefined) return undefined
    return new CallFailure('no access token for it came in time: its token endpoint has not answered yet', {
      kind: 'TokenUnreachable',
      blame: 'proxy',
      code: rpcCode.noBackend,
      delivered: 'no',
    })
  }

  head(status: number, headers: HttpHead): void {
    if (this.#over) return
    if (status === 401) {
      const {authorization} = this.#client
      if (this.#repeated) authorization.refusedAgain()
      else if (authorization.refused(this.#token)) {
        this.#repeated = true
        this.#sent?.abort()
        return this.begin()
      }
    }
    this.#receiver.head(status, headers)
  }

  data(chunk: Buffer): void {
    if (!this.#over) this.#receiver.data(chunk)
  }

  end(): void {
    if (this.#over) return
    this.#over = true
    this.#receiver.end()
  }

  failed(error: Error, written: boolean): void {
    if (this.#over) return
    this.#over = true
    this.#receiver.failed(error, written)
  }
}
