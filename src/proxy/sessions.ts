import {randomBytes} from 'node:crypto'
import type {Clock} from '../shared/clock.ts'

/** A legacy client's session, from `initialize` to DELETE, idleness or the end of the runtime. */
export interface Session {
  readonly id: string
  readonly principal: string
  readonly protocolVersion: string
  readonly clientName: string
  /** Requests in flight by the raw bytes of their id, for `notifications/cancelled`. */
  readonly inFlight: Map<string, AbortController>
  lastUsed: number
  /** Sends a notification to the client's GET stream, if it has one. */
  notify: ((message: Buffer) => void) | undefined
  /** Ends the GET stream. */
  end: (() => void) | undefined
}

export interface SessionsOptions {
  readonly idleTimeoutMs: number
  readonly max: number
  readonly clock: Clock
}

/** Sessions by a random id that is never an authentication; idle ones go, and the oldest idle one makes room. */
export class Sessions {
  readonly #options: SessionsOptions
  readonly #sessions = new Map<string, Session>()
  readonly #timer: NodeJS.Timeout

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#expire(), Math.min(30_000, options.idleTimeoutMs))
    this.#timer.unref()
  }

  get size(): number {
    return this.#sessions.size
  }

  open(principal: string, protocolVersion: string, clientName: string): Session {
    if (this.#sessions.size >= this.#options.max) this.#dropLeastUsed()
    const session: Session = {
      id: randomBytes(24).toString('base64url'),
      principal,
      protocolVersion,
      clientName,
      inFlight: new Map(),
      lastUsed: this.#options.clock.now(),
      notify: undefined,
      end: undefined,
    }
    this.#sessions.set(session.id, session)
    return session
  }

  /** A session is only found by the principal that opened it. */
  find(id: string, principal: string): Session | undefined {
    const session = this.#sessions.get(id)
    if (session?.principal !== principal) return undefined
    session.lastUsed = this.#options.clock.now()
    // Map order is use order: the first is the one unused for longest.
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
    return session
  }

  close(session: Session): void {
    this.#sessions.delete(session.id)
    for (const controller of session.inFlight.values()) controller.abort()
    session.end?.()
  }

  /** Hands a notification to every client that listens. */
  notifyAll(message: Buffer): void {
    for (const session of this.#sessions.values()) session.notify?.(message)
  }

  /** Ends the streams that clients listen on; their sessions stay until `stop`. */
  endStreams(): void {
    for (const session of this.#sessions.values()) session.end?.()
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const session of [...this.#sessions.values()]) this.close(session)
  }

  #expire(): void {
    const before = this.#options.clock.now() - this.#options.idleTimeoutMs
    for (const session of [...this.#sessions.values()]) {
      const busy = session.inFlight.size > 0 || session.notify !== undefined
      if (!busy && session.lastUsed < before) this.close(session)
    }
  }

  #dropLeastUsed(): void {
    for (const session of this.#sessions.values()) {
      if (session.inFlight.size > 0) continue
      return this.close(session)
    }
  }
}
