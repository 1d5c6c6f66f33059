import {buildConnector, type Dispatcher, Pool} from 'undici'
import type {
  HttpClient,
  HttpClientOptions,
  HttpExchange,
  HttpReceiver,
  HttpRequest,
  TlsIdentity,
} from './http-client.ts'

/** Requests through undici's dispatch, its cheapest way. */
export class TlsHttpClient implements HttpClient {
  readonly #origin: string
  readonly #pool: Pool

  constructor({origin, pool, connectTimeoutMs, tls}: HttpClientOptions) {
    this.#origin = origin
    this.#pool = new Pool(origin, {
      connections: pool.maxConnections,
      allowH2: false,
      connect: connectAs(tls ?? systemTrust, connectTimeoutMs),
      // Each call has a timer of its own, and an event stream may be silent for as long as nothing happens.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: pool.maxIdleMs,
    })
  }

  send(request: HttpRequest, receiver: HttpReceiver): HttpExchange {
    const exchange = new TlsExchange(receiver)
    const {path, method, more, body} = request
    const headers = more === undefined ? request.headers : {...request.headers, ...more}
    this.#pool.dispatch({origin: this.#origin, path, method, headers, body}, exchange)
    return exchange
  }

  destroy(): Promise<void> {
    return this.#pool.destroy()
  }
}

const nobody: TlsIdentity = {}
const systemTrust = (): TlsIdentity => nobody

/** A new identity has a connector of its own: a TLS session of the old one is not resumed with it. */
function connectAs(identity: () => TlsIdentity, timeoutMs: number): buildConnector.connector {
  let used: TlsIdentity | undefined
  let connect: buildConnector.connector | undefined
  return (options, callback) => {
    try {
      const current = identity()
      if (connect === undefined || current !== used)
        connect = buildConnector({...current, timeout: timeoutMs, allowH2: false})
      used = current
      connect(options, (...[error, socket]) => {
        // What the other side says of our certificate comes after the handshake (TLS 1.3); undici would have the end of the
        // stream, which follows, take its place.
        socket?.once('error', () => socket.destroy())
        if (error === null) callback(null, socket)
        else callback(error, null)
      })
    } catch (error) {
      callback(error instanceof Error ? error : new Error(String(error)), null)
    }
  }
}

class TlsExchange implements HttpExchange, Dispatcher.DispatchHandler {
  readonly #receiver: HttpReceiver
  #controller: Dispatcher.DispatchController | undefined
  #over = false
  #written = false

  constructor(receiver: HttpReceiver) {
    this.#receiver = receiver
  }

  abort(): void {
    if (this.#over) return
    this.#over = true
    this.#controller?.abort(new Error('no longer wanted'))
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#over) return controller.abort(new Error('no longer wanted'))
    this.#controller = controller
    this.#written = true
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: HttpRequest['headers']): void {
    if (!this.#over) this.#receiver.head(status, headers)
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over) this.#receiver.data(chunk)
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#over = true
    this.#receiver.end()
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#receiver.failed(error, this.#written)
  }
}
