import type {Clock} from '../shared/clock.ts'
import {messageOf} from '../shared/errors.ts'
import {CallFailure} from './call-failure.ts'
import type {Child, ExitStatus} from './child.ts'
import type {BackendAnswer, BackendCall, BackendConnection, BackendInfo, ConnectionEvents} from './connection.ts'
import type {DroppedMessage} from './dropped-message.ts'
import {type Envelope, scanMessage} from './envelope.ts'
import {type ClientIdentity, discover, initialize} from './handshake.ts'
import {errorValue, notificationMessage, requestMessage, responseMessage} from './json-rpc.ts'
import {ownId} from './message-id.ts'
import {oneLine} from './one-line.ts'
import {PendingCalls} from './pending-calls.ts'
import {ownProgressToken} from './progress-token.ts'
import {metaKey, rpcCode} from './protocol.ts'
import {findValue} from './splice.ts'
import {StdioFramer} from './stdio-framer.ts'
import {withTraceMeta} from './trace-meta.ts'

export interface StdioOptions {
  readonly child: Child
  readonly identity: ClientIdentity
  readonly clock: Clock
  /** Deadline of the whole handshake. */
  readonly handshakeTimeoutMs: number
  readonly maxMessageBytes: number
  /** `legacy` skips `server/discover`, for servers that end themselves on a message before `initialize`. */
  readonly era: 'unknown' | 'legacy'
  readonly events: ConnectionEvents
  /** The last lines of stderr, for the evidence of a failure. */
  readonly stderrTail: () => readonly string[]
}

/** The child ended while it was asked `server/discover`: it may be a legacy server that wants `initialize` first. */
export class EndedDuringDiscover extends Error {}

/**
 * Does the handshake with a started child.
 * @throws CallFailure, or EndedDuringDiscover; the child is stopped by the caller then
 */
export async function openStdio(options: StdioOptions): Promise<BackendConnection> {
  const link = new StdioLink(options)
  const startedAt = options.clock.now()
  const ask = (call: BackendCall): Promise<BackendAnswer> => link.call(call)
  if (options.era === 'unknown') {
    try {
      const info = await discover(ask, options.identity, options.handshakeTimeoutMs)
      if (info) return link.opened(info)
    } catch (error) {
      if (link.ended) throw new EndedDuringDiscover('the server ended during server/discover', {cause: error})
      throw error
    }
  }
  const rest = options.handshakeTimeoutMs - (options.clock.now() - startedAt)
  const info = await initialize(ask, options.identity, Math.max(1, rest))
  link.notify('notifications/initialized', null)
  return link.opened(info)
}

const newline = Buffer.from('\n')

/** Messages to and from one child, each call with an id of our own. */
class StdioLink {
  readonly #options: StdioOptions
  readonly #calls: PendingCalls
  readonly #closed: Promise<CallFailure | null>
  #ended = false
  #corked = false
  #closeAsked = false

  constructor(options: StdioOptions) {
    this.#options = options
    const {child} = options
    this.#calls = new PendingCalls(options.clock.now, (id, reason) => this.#tellCancelled(id, reason))
    const framer = new StdioFramer({
      maxMessageBytes: options.maxMessageBytes,
      onMessage: line => this.#receive(line),
      onGarbage: line => options.events.onOddity('StdoutGarbage', line.toString('utf8', 0, 200)),
      onOverflow: overflow => this.#tooLarge(overflow),
    })
    child.stdout.on('data', (chunk: Buffer) => framer.push(chunk))
    const drained = new Promise<void>(resolve => child.stdout.once('close', () => resolve()))
    this.#closed = child.exited.then(async status => {
      // What the child wrote before it ended still counts.
      await Promise.race([drained, new Promise(resolve => setTimeout(resolve, 200))])
      this.#ended = true
      framer.end()
      const failure = processEnded(status, options.stderrTail())
      this.#calls.failAll(failure)
      return this.#closeAsked ? null : failure
    })
  }

  get ended(): boolean {
    return this.#ended
  }

  opened(info: BackendInfo): BackendConnection {
    return {
      info,
      pid: this.#options.child.pid,
      multiplexed: true,
      call: call => this.call(call),
      notify: (method, params) => this.notify(method, params),
      closed: this.#closed,
      close: graceMs => {
        this.#closeAsked = true
        return this.#options.child.stop(graceMs)
      },
    }
  }

  call(call: BackendCall): Promise<BackendAnswer> {
    return this.#calls.start(call, id => {
      if (this.#ended || !this.#options.child.stdin.writable) throw notWritten(call, this.#options.stderrTail())
      const params = call.trace ? withTraceMeta(call.params, call.trace) : call.params
      this.#write(requestMessage(id, call.method, ownProgressToken(params, id)))
    })
  }

  notify(method: string, params: Buffer | null): void {
    if (this.#options.child.stdin.writable) this.#write(notificationMessage(method, params))
  }

  #write(message: Buffer): void {
    const {stdin} = this.#options.child
    if (!this.#corked) {
      // All messages of one turn of the loop leave in one write; an end of stdin meanwhile takes them along.
      this.#corked = true
      stdin.cork()
      setImmediate(() => {
        this.#corked = false
        stdin.uncork()
      })
    }
    stdin.write(oneLine(message))
    stdin.write(newline)
  }

  #tellCancelled(id: number, reason: string): void {
    this.notify('notifications/cancelled', Buffer.from(JSON.stringify({requestId: id, reason})))
  }

  #receive(line: Buffer): void {
    const scanned = scanMessage(line)
    if (!scanned.ok) return this.#unreadable(line, scanned.fault, scanned.id)
    const message = scanned.message
    switch (message.kind) {
      case 'result':
      case 'error':
        return this.#answered(line, message)
      case 'notification':
        return this.#notified(message.method ?? '', part(line, message.params))
      case 'request':
        return void this.#asked(message, part(line, message.params))
    }
  }

  #answered(line: Buffer, message: Envelope): void {
    const kind = message.kind === 'result' ? 'result' : 'error'
    const value = part(line, kind === 'result' ? message.result : message.error)
    const id = message.id
    if (id === null || value === null)
      return this.#options.events.onOddity('AnswerWithoutId', line.toString('utf8', 0, 200))
    const known = this.#calls.answer(ownId(id), {kind, value})
    if (!known)
      this.#options.events.onOddity(
        'UnexpectedAnswer',
        `id ${id.bytes.toString('utf8', 0, 60)}: answered twice, too late, or never asked`,
      )
  }

  #notified(method: string, params: Buffer | null): void {
    const call = this.#callOf(method, params)
    if (call?.onNotification) call.onNotification(method, params)
    else this.#options.events.onNotification(method, params)
  }

  /** Progress and subscriptions name their call; a log message belongs to the call in flight, if it is the only one. */
  #callOf(method: string, params: Buffer | null): BackendCall | undefined {
    if (params === null) return undefined
    if (method === 'notifications/message') return this.#only()
    const path = method === 'notifications/progress' ? ['progressToken'] : ['_meta', metaKey.subscriptionId]
    const span = findValue(params, {start: 0, end: params.length}, path)
    const id = span === null ? Number.NaN : Number(params.toString('latin1', span.start, span.end))
    return Number.isInteger(id) ? this.#calls.get(id) : undefined
  }

  #only(): BackendCall | undefined {
    const id = this.#calls.onlyId
    return id === undefined ? undefined : this.#calls.get(id)
  }

  async #asked(message: Envelope, params: Buffer | null): Promise<void> {
    const method = message.method ?? ''
    const id = this.#calls.onlyId
    const resume = id === undefined ? undefined : this.#calls.hold(id)
    const handle = this.#only()?.onServerRequest ?? this.#options.events.onRequest
    const answer = await handle(method, params).catch(
      (error: unknown): BackendAnswer => ({
        kind: 'error',
        value: errorValue(rpcCode.internalError, messageOf(error)),
      }),
    )
    resume?.()
    if (message.id && this.#options.child.stdin.writable) {
      this.#write(responseMessage(message.id.bytes, answer.kind, answer.value))
    }
  }

  /** A line that is no message of ours: the call it answers, if that can be told, ends with the reason. */
  #unreadable(line: Buffer, fault: string, id: Buffer | null): void {
    const failure = malformed(fault, line)
    // The last line of a dead process was cut off by its death, which is what the call is told.
    const known = id !== null && !this.#ended && this.#calls.fail(Number(id.toString('latin1')), failure)
    if (!known) this.#options.events.onOddity('UnreadableMessage', `${fault}: ${line.toString('utf8', 0, 200)}`)
  }

  #tooLarge({bytes, id}: DroppedMessage): void {
    const limit = this.#options.maxMessageBytes
    const failure = new CallFailure(`the answer is larger than ${limit} bytes`, {
      kind: 'AnswerTooLarge',
      blame: 'backend-logic',
      code: rpcCode.serverError,
      delivered: 'unknown',
      evidence: `${bytes} bytes seen, limit ${limit}`,
    })
    if (id !== null && this.#calls.fail(ownId(id), failure)) return
    // Nobody knows whose answer it was: with one call in flight it can only be that one's.
    if (this.#calls.size === 1) return this.#calls.failAll(failure)
    this.#options.events.onOddity('AnswerTooLarge', `${bytes} bytes, and no id could be read`)
  }
}

function part(bytes: Buffer, span: {readonly start: number; readonly end: number} | null): Buffer | null {
  return span === null ? null : bytes.subarray(span.start, span.end)
}

function malformed(fault: string, line: Buffer): CallFailure {
  return new CallFailure(`the answer is no valid JSON-RPC message (${fault})`, {
    kind: 'MalformedAnswer',
    blame: 'backend-logic',
    code: rpcCode.serverError,
    delivered: 'unknown',
    evidence: line.toString('utf8', 0, 300),
  })
}

function processEnded(status: ExitStatus, stderrTail: readonly string[]): CallFailure {
  const how = status.signal !== null ? `was killed by ${status.signal}` : `exited with status ${status.code}`
  return new CallFailure(`the server process ${how}`, {
    kind: 'BackendExited',
    blame: 'backend-process',
    code: rpcCode.serverError,
    delivered: 'unknown',
    ...(stderrTail.length > 0 && {evidence: stderrTail.slice(-3).join(' | ')}),
  })
}

function notWritten(call: BackendCall, stderrTail: readonly string[]): CallFailure {
  return new CallFailure(`${call.method} was not sent: the server process is gone`, {
    kind: 'BackendGone',
    blame: 'backend-process',
    code: rpcCode.noBackend,
    delivered: 'no',
    ...(stderrTail.length > 0 && {evidence: stderrTail.slice(-3).join(' | ')}),
  })
}
