import {randomBytes} from 'node:crypto'
import type {CancelSource} from '../mcp/cancel-source.ts'
import type {BackendAnswer} from '../mcp/connection.ts'
import {notificationMessage} from '../mcp/json-rpc.ts'
import type {Clock} from '../shared/clock.ts'
import type {ClientProfile} from './client-profile.ts'
import {ClientQuestions} from './client-questions.ts'
import type {ClientScope} from './client-scope.ts'
import type {Replying} from './reply.ts'

/** A legacy client's session, from `initialize` to DELETE, idleness or the end of the runtime. */
export class Session {
  readonly id = randomBytes(24).toString('base64url')
  readonly principal: string
  readonly protocolVersion: string
  readonly clientName: string
  readonly profile: ClientProfile
  readonly scope: ClientScope
  /** Requests in flight by id, for `notifications/cancelled`. */
  readonly inFlight = new Map<string, CancelSource>()
  /** Ends of resource subscriptions by the URI as the client knows it. */
  readonly subscribed = new Map<string, () => void>()
  readonly questions = new ClientQuestions()
  lastUsed = 0
  logLevel: string | undefined
  /** Sends a message on the client's GET stream, while there is one. */
  notify: ((message: Buffer) => void) | undefined
  /** Ends the GET stream. */
  end: (() => void) | undefined

  constructor(
    opening: {principal: string; protocolVersion: string; clientName: string; profile: ClientProfile},
    scope: ClientScope,
  ) {
    this.principal = opening.principal
    this.protocolVersion = opening.protocolVersion
    this.clientName = opening.clientName
    this.profile = opening.profile
    this.scope = scope
  }

  /** Asks the client something for a backend: on the reply of the call that it belongs to, else on the GET stream. */
  ask(method: string, params: Buffer | null, reply?: Replying): Promise<BackendAnswer> {
    return this.questions.ask(method, params, message => {
      if (reply?.push(message) === true) return true
      this.notify?.(message)
      return this.notify !== undefined
    })
  }

  close(): void {
    for (const controller of this.inFlight.values()) controller.abort()
    for (const end of this.subscribed.values()) end()
    this.subscribed.clear()
    this.questions.close()
    this.end?.()
    void this.scope.close()
  }
}

/** A modern client's `subscriptions/listen`. */
export interface Listener {
  readonly notify: (method: string, params: Buffer | null) => void
  readonly end: () => void
}

export interface SessionsOptions {
  readonly idleTimeoutMs: number
  readonly max: number
  readonly clock: Clock
}

/** Who is connected: legacy sessions by a random id that is never an authentication, and modern listeners. */
export class Sessions {
  #options: SessionsOptions
  readonly #sessions = new Map<string, Session>()
  readonly #listeners = new Set<Listener>()
  #timer: NodeJS.Timeout

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#timer = this.#watch()
  }

  /** Other limits from now on, for the sessions that are open too. */
  configure(limits: Pick<SessionsOptions, 'idleTimeoutMs' | 'max'>): void {
    if (limits.idleTimeoutMs === this.#options.idleTimeoutMs && limits.max === this.#options.max) return
    this.#options = {...this.#options, ...limits}
    clearInterval(this.#timer)
    this.#timer = this.#watch()
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Takes a session in; where there are too many, the one unused for longest makes room. */
  add(session: Session): void {
    if (this.#sessions.size >= this.#options.max) this.#dropLeastUsed()
    session.lastUsed = this.#options.clock.now()
    this.#sessions.set(session.id, session)
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
    session.close()
  }

  /** @returns a function that forgets the listener */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Hands a notification to every client that listens, of either era. */
  notifyAll(method: string, params: Buffer | null): void {
    const message = notificationMessage(method, params)
    for (const session of this.#sessions.values()) session.notify?.(message)
    for (const listener of this.#listeners) listener.notify(method, params)
  }

  /** The most talkative level that a session set. @param levels the least grave first */
  lowestLogLevel(levels: readonly string[]): string | undefined {
    const set = new Set([...this.#sessions.values()].map(session => session.logLevel))
    return levels.find(level => set.has(level))
  }

  /** Ends the streams that clients listen on; their sessions stay until `stop`. */
  endStreams(): void {
    for (const session of this.#sessions.values()) session.end?.()
    for (const listener of [...this.#listeners]) listener.end()
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const session of [...this.#sessions.values()]) this.close(session)
  }

  /** Ends the session with connections of its own that was not used for longest. @returns false when all are in use */
  dropUnused(): boolean {
    for (const session of this.#sessions.values()) {
      if (!session.scope.holds || session.inFlight.size > 0 || session.notify !== undefined) continue
      this.close(session)
      return true
    }
    return false
  }

  #watch(): NodeJS.Timeout {
    return setInterval(() => this.#expire(), Math.min(30_000, this.#options.idleTimeoutMs)).unref()
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
      this.close(session)
      return
    }
  }
}
