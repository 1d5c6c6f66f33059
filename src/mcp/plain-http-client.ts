import type {HttpClient, HttpClientOptions, HttpExchange, HttpHead, HttpReceiver, HttpRequest} from './http-client.ts'
import {HttpFault} from './http-fault.ts'
import {HeaderLines, headerLines} from './http-request-head.ts'
import {type Carried, type ConnectionOwner, PlainHttpConnection} from './plain-http-connection.ts'

/** HTTP/1.1 to one origin without TLS, over kept connections; each carries one exchange at a time. */
export class PlainHttpClient implements HttpClient, ConnectionOwner {
  readonly #options: HttpClientOptions
  readonly #where: {readonly host: string; readonly port: number}
  readonly #hostLine: string
  readonly #lines = new HeaderLines()
  readonly #connections = new Set<PlainHttpConnection>()
  /** The one used last comes first: the others may grow old and go. */
  readonly #idle: PlainHttpConnection[] = []
  /** In the order of their coming. */
  readonly #waiting = new Set<PlainExchange>()
  #connecting = 0
  #sweeping: NodeJS.Timeout | undefined
  #over = false

  constructor(options: HttpClientOptions) {
    this.#options = options
    const url = new URL(options.origin)
    this.#where = {host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 80)}
    this.#hostLine = `host: ${url.host}\r\n`
    this.#keepReady()
    this.#sweepLater()
  }

  send(request: HttpRequest, receiver: HttpReceiver): HttpExchange {
    let head = ''
    let refused = this.#over ? closed() : undefined
    try {
      head = this.#headOf(request)
    } catch (error) {
      refused ??= error as HttpFault
    }
    const exchange = new PlainExchange(this, receiver, head, request.body)
    if (refused) {
      queueMicrotask(() => exchange.refuse(refused))
      return exchange
    }
    this.carry(exchange)
    return exchange
  }

  /** Over an unused connection, or when one is free. */
  carry(exchange: PlainExchange): void {
    if (this.#over) return exchange.refuse(closed())
    const connection = this.#takeIdle()
    if (connection) return exchange.begin(connection)
    this.#waiting.add(exchange)
    this.#connectForWaiting()
  }

  async destroy(): Promise<void> {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#sweeping)
    for (const exchange of this.#waiting) exchange.refuse(closed())
    this.#waiting.clear()
    for (const connection of this.#connections) connection.destroy()
  }

  onConnected(connection: PlainHttpConnection): void {
    this.#connecting--
    this.onFree(connection)
  }

  onFree(connection: PlainHttpConnection): void {
    const [next] = this.#waiting
    if (next) {
      this.#waiting.delete(next)
      next.begin(connection)
      return
    }
    this.#idle.push(connection)
    this.#sweepLater()
  }

  onClosed(connection: PlainHttpConnection, error: Error | undefined): void {
    this.#connections.delete(connection)
    const at = this.#idle.indexOf(connection)
    if (at !== -1) this.#idle.splice(at, 1)
    if (!connection.connected) this.#connecting--
    if (this.#over) return
    // Each attempt to connect answers for one of those that wait.
    const [next] = error === undefined ? [] : this.#waiting
    if (next && error) {
      this.#waiting.delete(next)
      next.refuse(error)
    }
    this.#connectForWaiting()
  }

  /** It has been aborted while it waited. */
  forget(exchange: PlainExchange): void {
    this.#waiting.delete(exchange)
  }

  #headOf({method, path, headers, more, body}: HttpRequest): string {
    if (!/^\/[\x21-\x7e]*$/.test(path)) throw new HttpFault('BAD_REQUEST', 'the path cannot be sent')
    const length = body === null ? '' : `content-length: ${body.length}\r\n`
    const own = more === undefined ? '' : headerLines(more)
    return `${method} ${path} HTTP/1.1\r\n${this.#hostLine}${this.#lines.of(headers)}${own}${length}\r\n`
  }

  #takeIdle(): PlainHttpConnection | undefined {
    const now = performance.now()
    for (let connection = this.#idle.pop(); connection; connection = this.#idle.pop()) {
      if (connection.freshUntil > now) return connection
      connection.destroy()
    }
    return undefined
  }

  #connectForWaiting(): void {
    const {maxConnections} = this.#options.pool
    while (this.#connecting < this.#waiting.size && this.#connections.size < maxConnections) this.#connect()
  }

  #connect(): void {
    this.#connecting++
    this.#connections.add(new PlainHttpConnection(this.#where, this.#options, this))
  }

  #keepReady(): void {
    const {minIdle, maxConnections} = this.#options.pool
    const wanted = Math.min(minIdle - this.#idle.length - this.#connecting, maxConnections - this.#connections.size)
    for (let index = 0; index < wanted; index++) this.#connect()
  }

  #sweepLater(): void {
    const {minIdle, validationMs} = this.#options.pool
    if (this.#idle.length === 0 && minIdle === 0) return
    this.#sweeping ??= setTimeout(() => this.#sweep(), validationMs).unref()
  }

  /** Lets go what has been unused for too long. */
  #sweep(): void {
    this.#sweeping = undefined
    const now = performance.now()
    for (const connection of [...this.#idle]) if (connection.freshUntil <= now) connection.destroy()
    this.#keepReady()
    this.#sweepLater()
  }
}

/** One request, waiting for a connection or carried by one. */
class PlainExchange implements HttpExchange, Carried {
  readonly #client: PlainHttpClient
  readonly #receiver: HttpReceiver
  readonly #head: string
  readonly #body: Buffer | null
  #connection: PlainHttpConnection | undefined
  #over = false
  /** It was put off a connection once. */
  #again = false

  constructor(client: PlainHttpClient, receiver: HttpReceiver, head: string, body: Buffer | null) {
    this.#client = client
    this.#receiver = receiver
    this.#head = head
    this.#body = body
  }

  begin(connection: PlainHttpConnection): void {
    this.#connection = connection
    connection.carry(this.#head, this.#body, this)
  }

  /** Nothing of it was sent. */
  refuse(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#receiver.failed(error, false)
  }

  abort(): void {
    if (this.#over) return
    this.#over = true
    if (this.#connection) this.#connection.destroy()
    else this.#client.forget(this)
  }

  head(status: number, headers: HttpHead): void {
    if (!this.#over) this.#receiver.head(status, headers)
  }

  data(chunk: Buffer): void {
    // All connections read into one buffer: what is handed on has to be a copy.
    if (!this.#over) this.#receiver.data(Buffer.from(chunk))
  }

  end(): void {
    if (this.#over) return
    this.#over = true
    this.#receiver.end()
  }

  failed(error: Error, written: boolean): void {
    if (this.#over) return
    // A kept connection may end just when it is taken: that says nothing about the next.
    if (!written && !this.#again) {
      this.#again = true
      this.#connection = undefined
      return this.#client.carry(this)
    }
    this.#over = true
    this.#receiver.failed(error, written)
  }
}

function closed(): HttpFault {
  return new HttpFault('CLOSED_EARLY', 'the connections to it are closed')
}
