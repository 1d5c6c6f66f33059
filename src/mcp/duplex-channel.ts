import {CallFailure} from './call-failure.ts'
import type {BackendAnswer, BackendCall, ConnectionEvents} from './connection.ts'
import type {DroppedMessage} from './dropped-message.ts'
import {type Envelope, type ScanResult, scanMessage} from './envelope.ts'
import {notificationMessage, requestMessage, responseMessage} from './json-rpc.ts'
import {ownId} from './message-id.ts'
import {PendingCalls} from './pending-calls.ts'
import {ownProgressToken} from './progress-token.ts'
import {metaKey, rpcCode} from './protocol.ts'
import {ServerQuestions} from './server-questions.ts'
import {findValue} from './splice.ts'
import {withTraceMeta} from './trace-meta.ts'

export interface DuplexOptions {
  readonly now: () => number
  readonly events: ConnectionEvents
  /** Sends a request of ours. What keeps it from being sent is thrown as a CallFailure, or told to `fail` later. */
  readonly request: (message: Buffer, id: number, call: BackendCall) => void
  /** Sends what nobody waits for. */
  readonly send: (message: Buffer) => void
}

/** One stream of messages in each direction that all calls share: who an answer or a notification belongs to is told by ids of our own. */
export class DuplexChannel {
  readonly #options: DuplexOptions
  readonly #calls: PendingCalls
  readonly #questions = new ServerQuestions((method, params) => this.notify(method, params))
  #ending = false

  constructor(options: DuplexOptions) {
    this.#options = options
    this.#calls = new PendingCalls(options.now, (id, reason) =>
      this.notify('notifications/cancelled', Buffer.from(JSON.stringify({requestId: id, reason}))),
    )
  }

  /** @throws CallFailure */
  call(call: BackendCall): Promise<BackendAnswer> {
    const params = call.trace ? withTraceMeta(call.params, call.trace) : call.params
    return this.#calls.start(call, id =>
      this.#options.request(requestMessage(id, call.method, ownProgressToken(params, id)), id, call),
    )
  }

  notify(method: string, params: Buffer | null): void {
    this.#options.send(notificationMessage(method, params))
  }

  /** A request of ours did not get through. */
  fail(id: number, failure: CallFailure): void {
    this.#calls.fail(id, failure)
  }

  /** Nothing comes any more but what is still underway: a message that is cut off now fails no call, the end does. */
  ending(): void {
    this.#ending = true
  }

  /** The channel is over: every call fails with it. */
  end(failure: CallFailure): void {
    this.#calls.failAll(failure)
    this.#questions.end()
  }

  receive(bytes: Buffer): void {
    const scanned = scanMessage(bytes)
    if (!scanned.ok && scanned.fault === 'batch' && scanned.elements.length > 0) {
      // Revision 2025-03-26 has batches, and whoever speaks it must be able to receive them.
      for (const {start, end} of scanned.elements) {
        const element = bytes.subarray(start, end)
        this.#take(element, scanMessage(element))
      }
    } else this.#take(bytes, scanned)
  }

  /**
   * What stood on one line with a stray print. An answer counts; anything else may be a message that was logged, ours among
   * them, and is passed over.
   */
  receiveBehindPrint(bytes: Buffer): void {
    const scanned = scanMessage(bytes)
    const answer = scanned.ok && (scanned.message.kind === 'result' || scanned.message.kind === 'error')
    if (answer) this.#answered(bytes, scanned.message)
    else this.#options.events.onOddity('StdoutGarbage', bytes.toString('utf8', 0, 200))
  }

  #take(bytes: Buffer, scanned: ScanResult): void {
    if (!scanned.ok) return this.#unreadable(bytes, scanned.fault, scanned.id)
    const {message} = scanned
    const params = part(bytes, message.params)
    if (message.kind === 'notification') return this.#notified(message.method ?? '', params)
    if (message.kind === 'request') return void this.#asked(message, params)
    this.#answered(bytes, message)
  }

  /** A message over the limit: it can only fail the call that it answers. */
  tooLarge({bytes, id}: DroppedMessage, limit: number): void {
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

  #answered(bytes: Buffer, {kind, id, result, error}: Envelope): void {
    const value = part(bytes, kind === 'result' ? result : error)
    const only = this.#calls.onlyId
    // An error without an id says that a message of ours could not be read: it can only be that of the one call in flight.
    if (id === null && value !== null && kind === 'error' && only !== undefined)
      return void this.#calls.answer(only, {kind, value})
    if (id === null || value === null)
      return this.#options.events.onOddity('AnswerWithoutId', bytes.toString('utf8', 0, 200))
    if (this.#calls.answer(ownId(id), {kind: kind === 'result' ? 'result' : 'error', value})) return
    this.#options.events.onOddity(
      'UnexpectedAnswer',
      `id ${id.bytes.toString('utf8', 0, 60)}: answered twice, too late, or never asked`,
    )
  }

  #notified(method: string, params: Buffer | null): void {
    // A backend cancels what it asked itself, by an id that nobody else knows.
    if (method === 'notifications/cancelled') return void this.#questions.withdrawn(params)
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

  async #asked({method, id}: Envelope, params: Buffer | null): Promise<void> {
    const only = this.#calls.onlyId
    const resume = only === undefined ? undefined : this.#calls.hold(only)
    const handle = this.#only()?.onServerRequest ?? this.#options.events.onRequest
    const answer = await this.#questions.ask(id, handle, method ?? '', params)
    resume?.()
    if (id && answer) this.#options.send(responseMessage(id.bytes, answer.kind, answer.value))
  }

  /** The call that it answers, if that can be told, ends with the reason. */
  #unreadable(bytes: Buffer, fault: string, id: Buffer | null): void {
    const failure = new CallFailure(`the answer is no valid JSON-RPC message (${fault})`, {
      kind: 'MalformedAnswer',
      blame: 'backend-logic',
      code: rpcCode.serverError,
      delivered: 'unknown',
      evidence: bytes.toString('utf8', 0, 300),
    })
    const known = id !== null && !this.#ending && this.#calls.fail(Number(id.toString('latin1')), failure)
    if (!known) this.#options.events.onOddity('UnreadableMessage', `${fault}: ${bytes.toString('utf8', 0, 200)}`)
  }
}

function part(bytes: Buffer, span: {readonly start: number; readonly end: number} | null): Buffer | null {
  return span === null ? null : bytes.subarray(span.start, span.end)
}
