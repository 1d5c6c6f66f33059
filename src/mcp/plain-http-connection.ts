import {connect, type Socket} from 'node:net'
import {type TurnEndWriter, writeAtTurnEnd} from '../shared/turn-end.ts'
import type {HttpClientOptions, HttpHead} from './http-client.ts'
import {HttpFault} from './http-fault.ts'
import {HttpResponseReader} from './http-response-reader.ts'

/** What a connection tells of the exchange that it carries. */
export interface Carried {
  head(status: number, headers: HttpHead): void
  data(chunk: Buffer): void
  /** The response is complete. */
  end(): void
  /** @param written the request, or a part of it, may have arrived */
  failed(error: Error, written: boolean): void
}

export interface ConnectionOwner {
  onConnected(connection: PlainHttpConnection): void
  /** Done with a response: it can take the next. */
  onFree(connection: PlainHttpConnection): void
  /** Over, for whatever reason; `error` where it never came to be. */
  onClosed(connection: PlainHttpConnection, error: Error | undefined): void
}

/** All sockets read into this one: whatever is kept of it is copied before the next read. */
const readBuffer = Buffer.allocUnsafeSlow(64 * 1024)

/** One TCP connection, with one exchange at a time. */
export class PlainHttpConnection implements TurnEndWriter {
  readonly #socket: Socket
  readonly #owner: ConnectionOwner
  readonly #maxIdleMs: number
  #carried: Carried | undefined
  #reader: HttpResponseReader | undefined
  /** A request that leaves at the end of this turn. */
  #unsent: string | undefined
  #connecting: NodeJS.Timeout | undefined
  #over = false
  connected = false
  /** On the monotonic clock: not to be used any more from then on. */
  freshUntil = 0

  constructor(where: {host: string; port: number}, options: HttpClientOptions, owner: ConnectionOwner) {
    this.#owner = owner
    this.#maxIdleMs = options.pool.maxIdleMs
    this.#socket = connect({
      ...where,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: 60_000,
      onread: {
        buffer: readBuffer,
        callback: (count, buffer) => {
          this.#read((buffer as Buffer).subarray(0, count))
          if (count < readBuffer.length) return true
          // More waits than is read at once, up to 2 MB of it in one turn: others have theirs first.
          setImmediate(() => this.#socket.resume())
          return false
        },
      },
    })
    this.#connecting = setTimeout(
      () => this.#fail(new HttpFault('CONNECT_TIMEOUT', `no connection within ${options.connectTimeoutMs} ms`)),
      options.connectTimeoutMs,
    )
    this.#socket
      .on('connect', () => {
        clearTimeout(this.#connecting)
        this.connected = true
        this.freshUntil = performance.now() + this.#maxIdleMs
        this.#owner.onConnected(this)
      })
      .on('end', () => this.#ended())
      .on('error', error => this.#fail(error))
      .on('close', () => this.#fail(new HttpFault('CLOSED_EARLY', 'closed before the response was complete')))
  }

  /** Sends a request over a free connection. @param head with the empty line */
  carry(head: string, body: Buffer | null, carried: Carried): void {
    this.#carried = carried
    this.#reader = new HttpResponseReader(carried)
    if (body === null) this.#socket.write(head, 'latin1')
    // As latin1 text a small body leaves in one write with its head; each byte stays what it is.
    else if (body.length <= 32 * 1024) {
      this.#unsent = head + body.toString('latin1')
      writeAtTurnEnd(this)
    } else {
      this.#socket.cork()
      this.#socket.write(head, 'latin1')
      this.#socket.write(body)
      this.#socket.uncork()
    }
  }

  writeNow(): void {
    const text = this.#unsent
    if (text === undefined || this.#over) return
    this.#unsent = undefined
    this.#socket.write(text, 'latin1')
  }

  destroy(error?: Error): void {
    if (this.#over) return
    this.#over = true
    clearTimeout(this.#connecting)
    this.#socket.destroy()
    this.#owner.onClosed(this, this.connected ? undefined : error)
  }

  #read(chunk: Buffer): void {
    const reader = this.#reader
    // Bytes that nobody asked for: whose answer they would be cannot be told.
    if (reader === undefined) return this.destroy()
    if (this.#unsent !== undefined) return this.#fail(new HttpFault('CLOSED_EARLY', 'it spoke before it was asked'))
    try {
      const taken = reader.push(chunk)
      if (!reader.done || this.#over) return
      this.#complete(reader, taken < chunk.length)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #complete(reader: HttpResponseReader, more: boolean): void {
    const carried = this.#carried
    this.#carried = undefined
    this.#reader = undefined
    const keptForMs = reader.keptForMs
    // An answer to half a request, or more than one answer: the connection is out of step.
    if (more || keptForMs === 0 || this.#socket.writableLength > 0) this.destroy()
    else this.freshUntil = performance.now() + Math.min(this.#maxIdleMs, keptForMs ?? this.#maxIdleMs)
    carried?.end()
    if (!this.#over) this.#owner.onFree(this)
  }

  #ended(): void {
    const reader = this.#reader
    if (reader === undefined) return this.destroy()
    try {
      reader.closed()
      this.#complete(reader, true)
    } catch (error) {
      this.#fail(error as Error)
    }
  }

  #fail(error: Error): void {
    if (this.#over) return
    const carried = this.#carried
    this.#carried = undefined
    this.#reader = undefined
    this.destroy(error)
    carried?.failed(error, this.#unsent === undefined)
  }
}
