import type {IncomingMessage, ServerResponse} from 'node:http'
import {CancelSource} from '../mcp/cancel-source.ts'
import {type Envelope, scanMessage} from '../mcp/envelope.ts'
import {recoverId} from '../mcp/message-id.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {answerBatch, batchVersion} from './answer-batch.ts'
import {type AnswerOptions, answerRequest} from './answer-request.ts'
import {classify} from './classify.ts'
import type {Compression} from './compression/compression.ts'
import type {OpenRequest} from './open-request.ts'
import {type BodyBudget, type BodyRead, readBody} from './read-body.ts'
import {malformed, refuse, sessionNotFound} from './refuse.ts'
import {Reply} from './reply.ts'
import type {Session} from './session.ts'
import {openSessionStream} from './session-stream.ts'
import {takeMessage} from './take-message.ts'

export interface McpEndpointOptions extends AnswerOptions {
  readonly maxBodyBytes: number
  /** Messages in one JSON-RPC batch. */
  readonly maxBatch: number
  readonly compression?: Compression | undefined
}

/** What unfinished bodies of all clients may hold; answers that wait for the rest of their batch may hold as much. */
const maxBodiesBytes = 256 * 1024 * 1024

const closing = {connection: 'close'}
const none = Buffer.alloc(0)

/** `POST`, `GET` and `DELETE /mcp`, for clients of both eras. */
export class McpEndpoint {
  readonly #options: McpEndpointOptions
  readonly #bodies: BodyBudget
  readonly #batchAnswers: BodyBudget

  /** @param former the one whose place it takes: what it still reads counts here too */
  constructor(options: McpEndpointOptions, former?: McpEndpoint) {
    this.#options = options
    this.#bodies = former === undefined ? {maxBytes: 0, heldBytes: 0} : former.#bodies
    this.#batchAnswers = former === undefined ? {maxBytes: maxBodiesBytes, heldBytes: 0} : former.#batchAnswers
    this.#bodies.maxBytes = Math.max(maxBodiesBytes, options.maxBodyBytes)
  }

  /** The reply that `handle` fills: a stream where the client takes one. */
  reply(request: IncomingMessage, response: ServerResponse, record: OpenRequest): Reply {
    const accept = request.headers.accept ?? '*/*'
    const streamable = accept.includes('*/*') || accept.includes('text/event-stream')
    return new Reply(response, record, this.#options.services.now, streamable, this.#options.compression)
  }

  handle(
    request: IncomingMessage,
    response: ServerResponse,
    record: OpenRequest,
    reply: Reply,
  ): Promise<void> | undefined {
    if (request.method === 'POST') return this.#post(request, response, record, reply)
    if (request.method === 'GET') this.#listen(request, response, record, reply)
    else if (request.method === 'DELETE') this.#endSession(request, record, reply)
    else {
      const refusal = {status: 405, code: rpcCode.serverError, message: 'Method not allowed'}
      refuse(record, reply, refusal, null, {allow: 'POST, GET, DELETE'})
    }
    return undefined
  }

  async #post(request: IncomingMessage, response: ServerResponse, record: OpenRequest, reply: Reply): Promise<void> {
    if (!isJson(request, record, reply)) return
    const read = await readBody(request, this.#options.maxBodyBytes, this.#bodies)
    if (read.state !== 'read') return this.#unread(read, record, reply)
    const {body} = read
    record.requestBytes = body.length
    const scanned = scanMessage(body)
    if (!scanned.ok) {
      const {maxBatch} = this.#options
      if (scanned.fault === 'batch' && scanned.elements.length > maxBatch) {
        const message = `Invalid request: a batch holds at most ${maxBatch} messages`
        return refuse(record, reply, {status: 400, code: rpcCode.invalidRequest, message}, null)
      }
      const session = this.#sessionOf(request)
      if (scanned.fault === 'batch' && scanned.elements.length > 0 && session?.protocolVersion === batchVersion) {
        const {elements} = scanned
        const budget = this.#batchAnswers
        return answerBatch(this.#options, {request, body, elements, session, record, reply, budget})
      }
      const refusal = malformed(scanned.fault, scanned.why)
      // JSON-RPC 2.0, section 5: a parse error is answered with id null.
      return refuse(record, reply, refusal, refusal.code === rpcCode.parseError ? null : scanned.id)
    }
    await this.#message(request, response, body, scanned.message, record, reply)
  }

  #message(
    request: IncomingMessage,
    response: ServerResponse,
    body: Buffer,
    message: Envelope,
    record: OpenRequest,
    reply: Reply,
  ): Promise<void> | undefined {
    record.method = message.method
    record.target = message.method ?? record.target
    const id = message.id?.bytes ?? null
    const classified = classify(body, message, request.headers)
    if ('refusal' in classified) {
      refuse(record, reply, classified.refusal, id)
      return undefined
    }
    const {era} = classified
    record.principal = this.#options.principalOf(request)
    const stateless = era === 'modern' || message.method === 'initialize' || !('mcp-session-id' in request.headers)
    const session = stateless ? null : this.#sessionOf(request)
    if (session === undefined) {
      refuse(record, reply, sessionNotFound, id)
      return undefined
    }
    if (message.kind !== 'request') {
      const services = this.#options.viewOf?.(request)?.services ?? this.#options.services
      takeMessage(body, message, {era, session, services}, reply)
      return undefined
    }
    reply.resumable = session?.streams
    const controller = new CancelSource()
    // A closed stream cancels in the modern era; in the legacy one it says nothing (MCP 2025-11-25, "Cancellation").
    if (era === 'modern') {
      response.on('close', () => {
        if (!response.writableFinished) controller.abort()
      })
    }
    return answerRequest(this.#options, {request, body, message, era, session, controller, record, reply})
  }

  /** Not all of the body came, or more of it than may. */
  #unread(read: Exclude<BodyRead, {state: 'read'}>, record: OpenRequest, reply: Reply): void {
    if (read.state === 'no-room') {
      const message = 'Too many large requests at once, try again'
      const refusal = {status: 503, code: rpcCode.serverError, message}
      return refuse(record, reply, refusal, null, {...closing, 'retry-after': '1'})
    }
    if (read.state === 'too-large') {
      const message = `Request body is larger than ${this.#options.maxBodyBytes} bytes`
      const id = recoverId(read.head, none)?.bytes ?? null
      return refuse(record, reply, {status: 413, code: rpcCode.invalidRequest, message}, id, closing)
    }
    record.outcome = 'cancelled'
    record.blame = 'client'
    reply.endEmpty(400)
  }

  #listen(request: IncomingMessage, response: ServerResponse, record: OpenRequest, reply: Reply): void {
    const session = this.#sessionOf(request)
    if (session) {
      const last = request.headers['last-event-id']
      return openSessionStream(session, response, reply, typeof last === 'string' ? last : null)
    }
    const message = 'GET needs the Mcp-Session-Id of an open session'
    const named = 'mcp-session-id' in request.headers
    const refusal = named ? sessionNotFound : {status: 405, code: rpcCode.serverError, message}
    refuse(record, reply, refusal, null, {allow: 'POST'})
  }

  #endSession(request: IncomingMessage, record: OpenRequest, reply: Reply): void {
    const session = this.#sessionOf(request)
    if (session === undefined) {
      const named = 'mcp-session-id' in request.headers
      return refuse(record, reply, {...sessionNotFound, status: named ? 404 : 405}, null)
    }
    this.#options.services.sessions.end(session)
    reply.endEmpty(200)
  }

  #sessionOf(request: IncomingMessage): Session | undefined {
    const id = request.headers['mcp-session-id']
    if (typeof id !== 'string') return undefined
    return this.#options.services.sessions.find(id, this.#options.principalOf(request))
  }
}

/** Refuses a body of another type. */
function isJson(request: IncomingMessage, record: OpenRequest, reply: Reply): boolean {
  const header = request.headers['content-type']
  const type = header === 'application/json' ? header : header?.split(';', 1)[0]?.trim().toLowerCase()
  if (type === 'application/json') return true
  const message = `Content-Type must be application/json, not ${type ?? 'missing'}`
  refuse(record, reply, {status: 415, code: rpcCode.invalidRequest, message}, null, closing)
  return false
}
