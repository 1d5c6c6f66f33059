import {notificationMessage} from '../mcp/json-rpc.ts'
import type {Clock} from '../shared/clock.ts'
import {type Session, type SessionRelay, tagOf} from './session.ts'
import type {ReadSession, SessionOpening} from './shared/session-ids.ts'

/** About 1 MB. A session that is forgotten here may be taken over once more, within its age. */
const maxEnded = 10_000

/** A modern client's `subscriptions/listen`. */
export interface Listener {
  readonly notify: (method: string, params: Buffer | null) => void
  readonly end: () => void
}

export interface SessionsOptions {
  readonly idleTimeoutMs: number
  readonly max: number
  /** From `initialize` on. */
  readonly maxAgeMs: number
  readonly clock: Clock
  /** Reads an id that another instance gave out, or this one before it was started anew. */
  readonly readId: (id: string, principal: string) => ReadSession | undefined
  /** Makes what a session needs of its own here. */
  readonly make: (id: string, opening: SessionOpening) => Session
}

/**
 * Who is connected: legacy sessions by ids that are never an authentication, and modern listeners. A session that comes
 * from another instance is taken over from what its signed id says.
 */
export class Sessions {
  #options: SessionsOptions
  readonly #sessions = new Map<string, Session>()
  readonly #byTag = new Map<string, Session>()
  /** Tags of sessions that ended here, the newest last: their ids are still well signed. */
  readonly #ended = new Set<string>()
  readonly #listeners = new Set<Listener>()
  #timer: NodeJS.Timeout
  /** How many came from elsewhere. */
  adopted = 0
  /** Where other instances can be told. */
  relay: SessionRelay | undefined

  constructor(options: SessionsOptions) {
    this.#options = options
    this.#timer = this.#watch()
  }

  /** Other limits from now on, for the sessions that are open too. */
  configure(limits: Pick<SessionsOptions, 'idleTimeoutMs' | 'max' | 'maxAgeMs'>): void {
    const again = limits.idleTimeoutMs !== this.#options.idleTimeoutMs
    this.#options = {...this.#options, ...limits}
    // Begun anew at each reload, a slow one would never come to its end.
    if (!again) return
    clearInterval(this.#timer)
    this.#timer = this.#watch()
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Takes a session in; where there are too many, the one unused for longest makes room. */
  add(session: Session, ageMs = 0): void {
    const {clock, max, maxAgeMs} = this.#options
    if (this.#sessions.size >= max) this.#dropLeastUsed()
    session.lastUsed = clock.now()
    session.expiresAt = session.lastUsed + maxAgeMs - Math.max(0, ageMs)
    session.relay = this.relay
    this.#sessions.set(session.id, session)
    if (this.relay) this.#byTag.set(session.tag, session)
  }

  /** A session is only found by the principal that opened it. */
  find(id: string, principal: string): Session | undefined {
    const session = this.#sessions.get(id)
    if (session === undefined) return this.#adopt(id, principal)
    if (session.principal !== principal) return undefined
    session.lastUsed = this.#options.clock.now()
    if (session.lastUsed > session.expiresAt) {
      this.#drop(session)
      return undefined
    }
    // Map order is use order: the first is the one unused for longest.
    this.#sessions.delete(id)
    this.#sessions.set(id, session)
    return session
  }

  /** The one of that tag, where it is known here; other instances name sessions so. */
  tagged(tag: string): Session | undefined {
    return this.#byTag.get(tag)
  }

  /** The client ended it. */
  end(session: Session): void {
    this.#drop(session)
    this.relay?.ended(session)
  }

  /** The client ended it at another instance. */
  endedElsewhere(tag: string): void {
    const session = this.#byTag.get(tag)
    if (session) this.#drop(session)
    else this.#noteEnded(tag)
  }

  #adopt(id: string, principal: string): Session | undefined {
    const {readId, make, clock} = this.#options
    const read = readId(id, principal)
    if (read === undefined || this.#ended.has(tagOf(id))) return undefined
    const session = make(id, read.opening)
    this.add(session, clock.wallMs() - read.issuedAt)
    this.adopted++
    this.relay?.adopted(session)
    return session
  }

  /** Ends it here, for good. */
  #drop(session: Session): void {
    this.#noteEnded(session.tag)
    this.#sessions.delete(session.id)
    this.#byTag.delete(session.tag)
    session.close()
  }

  #noteEnded(tag: string): void {
    if (this.#ended.size >= maxEnded) {
      const oldest = this.#ended.values().next().value
      if (oldest !== undefined) this.#ended.delete(oldest)
    }
    this.#ended.add(tag)
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
    for (const session of this.#sessions.values()) session.hear(message)
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
    for (const session of [...this.#sessions.values()]) this.#drop(session)
  }

  /** Ends the session with connections of its own that was not used for longest. @returns false when all are in use */
  dropUnused(): boolean {
    for (const session of this.#sessions.values()) {
      if (!session.scope.holds || session.inFlight.size > 0 || session.notify !== undefined) continue
      this.#drop(session)
      return true
    }
    return false
  }

  #watch(): NodeJS.Timeout {
    return setInterval(() => this.#expire(), Math.min(30_000, this.#options.idleTimeoutMs)).unref()
  }

  #expire(): void {
    const now = this.#options.clock.now()
    const before = now - this.#options.idleTimeoutMs
    for (const session of [...this.#sessions.values()]) {
      const idle = session.notify === undefined && session.lastUsed < before
      if (session.inFlight.size === 0 && (idle || now > session.expiresAt)) this.#drop(session)
    }
  }

  #dropLeastUsed(): void {
    for (const session of this.#sessions.values()) {
      if (session.inFlight.size > 0) continue
      this.#drop(session)
      return
    }
  }
}
