import {createHash} from 'node:crypto'
import type {CancelSource} from '../mcp/cancel-source.ts'
import type {BackendAnswer, OpenQuestion} from '../mcp/connection.ts'
import {type ClientProfile, canBeAsked, notDeclared} from './client-profile.ts'
import {ClientQuestions} from './client-questions.ts'
import type {ClientScope} from './client-scope.ts'
import {OwnSubscriptions} from './own-subscriptions.ts'
import type {Replying} from './reply.ts'
import {ResumableStreams} from './resumable-streams.ts'
import type {SessionOpening} from './shared/session-ids.ts'

/** The way to other instances that serve the same session; sessions are told apart there by `Session.tag`. */
export interface SessionRelay {
  /** A message for the client, whose stream is elsewhere. */
  tell(session: Session, message: Buffer): void
  /** What the client said about something that is not here: an answer, a cancellation. */
  forward(session: Session, message: Buffer): void
  /** The client opened or closed its stream here. */
  streaming(session: Session, open: boolean): void
  unsubscribe(session: Session, uri: string): void
  level(session: Session, level: string): void
  /** The session is new here: whoever has its stream may say so. */
  adopted(session: Session): void
  /** The client ended it. */
  ended(session: Session): void
}

/** Most clients have no stream anywhere. */
const wonderEveryMs = 1000

/** A legacy client's session, from `initialize` to DELETE, idleness or the end of the runtime. */
export class Session {
  readonly id: string
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
  readonly streams = new ResumableStreams()
  readonly ownSubscriptions = new OwnSubscriptions(() => this.scope)
  lastUsed = 0
  /** Monotonic milliseconds; no session is served for longer, wherever it is. */
  expiresAt = Number.POSITIVE_INFINITY
  logLevel: string | undefined
  /** Sends a message on the client's GET stream, while there is one here. */
  notify: ((message: Buffer) => void) | undefined
  /** Ends the GET stream. */
  end: (() => void) | undefined
  /** The GET stream is at another instance. */
  streamElsewhere = false
  relay: SessionRelay | undefined
  #tag: string | undefined
  /** There was a GET stream here. */
  #streamed = false
  #wonderedAt = Number.NEGATIVE_INFINITY

  constructor(id: string, opening: SessionOpening, scope: ClientScope) {
    this.id = id
    this.principal = opening.principal
    this.protocolVersion = opening.protocolVersion
    this.clientName = opening.clientName
    this.profile = opening.profile
    this.scope = scope
  }

  /** Names the session where its id, which opens it, must not be seen. */
  get tag(): string {
    this.#tag ??= tagOf(this.id)
    return this.#tag
  }

  /** The client's GET stream is here now; an earlier one ends. */
  attach(notify: (message: Buffer) => void, end: () => void): void {
    this.end?.()
    this.notify = notify
    this.end = end
    this.streamElsewhere = false
    this.#streamed = true
    this.relay?.streaming(this, true)
  }

  /** That stream has ended. */
  detach(end: () => void): void {
    if (this.end !== end) return
    this.notify = undefined
    this.end = undefined
    this.relay?.streaming(this, false)
  }

  /** Hands a message to the client, on its GET stream. @returns false where none is known */
  tell(message: Buffer): boolean {
    if (this.notify) {
      this.notify(message)
      return true
    }
    this.#miss(message)
    if (this.relay === undefined) return false
    // News of a stream may have been lost: whoever holds one takes the message, and says so.
    if (!this.streamElsewhere && performance.now() - this.#wonderedAt < wonderEveryMs) return false
    this.#wonderedAt = performance.now()
    this.relay.tell(this, message)
    return this.streamElsewhere
  }

  /** News for every client: on its GET stream, where it has one here. */
  hear(message: Buffer): void {
    if (this.notify) this.notify(message)
    else this.#miss(message)
  }

  /** Its stream has broken: it hears of it when it takes it up again. */
  #miss(message: Buffer): void {
    if (this.#streamed && !this.streamElsewhere) this.streams.own.add(message)
  }

  /** Asks the client something for a backend: on the reply of the call that it belongs to, else on the GET stream. */
  ask(method: string, params: Buffer | null, question: OpenQuestion, reply?: Replying): Promise<BackendAnswer> {
    if (!canBeAsked(this.profile, method, params)) return Promise.resolve(notDeclared(method))
    return this.questions.ask(method, params, question, message => {
      if (reply?.push(message, false) === true) return true
      return (this.notify !== undefined || this.streamElsewhere) && this.tell(message)
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

/** Names a session where its id must not be seen. */
export function tagOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 22)
}
