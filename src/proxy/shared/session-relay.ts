import {scanMessage} from '../../mcp/envelope.ts'
import {clientSays} from '../client-says.ts'
import {mcpLogLevels} from '../mcp-log-levels.ts'
import type {Session, SessionRelay} from '../session.ts'
import type {Sessions} from '../sessions.ts'
import type {BusMessage, InstanceBus} from './instance-bus.ts'

const channel = 'sessions'

/**
 * A legacy client that reaches its instances in turn: its stream is at one, its calls at others. Whatever belongs to a
 * stream, a question or a call elsewhere is handed there.
 */
export class BusSessionRelay implements SessionRelay {
  readonly #bus: InstanceBus
  readonly #sessions: Sessions
  readonly #onLevel: (session: Session, level: string) => void
  readonly stop: () => void

  /** @param onLevel a session that is known here set a log level at another instance */
  constructor(bus: InstanceBus, sessions: Sessions, onLevel: (session: Session, level: string) => void) {
    this.#bus = bus
    this.#sessions = sessions
    this.#onLevel = onLevel
    this.stop = bus.hear(channel, message => this.#heard(message))
  }

  tell({tag, streamElsewhere}: Session, message: Buffer): void {
    this.#bus.tell(channel, {kind: 'message', tag, sure: streamElsewhere, message: message.toString('utf8')})
  }

  forward({tag}: Session, message: Buffer): void {
    this.#bus.tell(channel, {kind: 'said', tag, message: message.toString('utf8')})
  }

  streaming({tag, logLevel}: Session, open: boolean): void {
    this.#bus.tell(channel, {kind: 'stream', tag, open, level: logLevel})
  }

  unsubscribe({tag}: Session, uri: string): void {
    this.#bus.tell(channel, {kind: 'unsubscribe', tag, uri})
  }

  level({tag}: Session, level: string): void {
    this.#bus.tell(channel, {kind: 'level', tag, level})
  }

  adopted({tag}: Session): void {
    this.#bus.tell(channel, {kind: 'who', tag})
  }

  ended({tag}: Session): void {
    this.#bus.tell(channel, {kind: 'ended', tag})
  }

  #heard({kind, tag, message, sure, open, level, uri}: BusMessage): void {
    if (typeof tag !== 'string' || tag.length > 64) return
    if (kind === 'ended') return this.#sessions.endedElsewhere(tag)
    const session = this.#sessions.tagged(tag)
    if (session === undefined) return
    if (kind === 'message' && typeof message === 'string') {
      session.notify?.(Buffer.from(message))
      if (sure !== true && session.notify) this.streaming(session, true)
    }
    if (kind === 'said' && typeof message === 'string') said(Buffer.from(message), session)
    else if (kind === 'unsubscribe' && typeof uri === 'string') unsubscribe(session, uri)
    else if (kind === 'level' && isLevel(level)) this.#levelOf(session, level)
    else if (kind === 'who' && session.notify) this.streaming(session, true)
    else if (kind === 'stream' && typeof open === 'boolean') {
      // A client has one stream: the one it opened last.
      if (open) session.end?.()
      session.streamElsewhere = open
      if (isLevel(level) && session.logLevel === undefined) this.#levelOf(session, level)
    }
  }

  #levelOf(session: Session, level: string): void {
    session.logLevel = level
    this.#onLevel(session, level)
  }
}

function said(bytes: Buffer, session: Session): void {
  const scanned = scanMessage(bytes)
  if (scanned.ok) clientSays(bytes, scanned.message, session)
}

function unsubscribe(session: Session, uri: string): void {
  session.subscribed.get(uri)?.()
  session.subscribed.delete(uri)
}

function isLevel(level: unknown): level is string {
  return typeof level === 'string' && mcpLogLevels.includes(level)
}
