import type {IncomingMessage, ServerResponse} from 'node:http'
import {type Envelope, scanMessage} from '../mcp/envelope.ts'
import {errorValue, responseMessage} from '../mcp/json-rpc.ts'
import {readId} from '../mcp/message-id.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {findValue} from '../mcp/splice.ts'
import type {Redactor} from '../redaction/redactor.ts'
import {classify, type Refusal} from './classify.ts'
import type {MethodAnswer, Services} from './method-call.ts'
import {findMethod} from './methods.ts'
import {readBody} from './read-body.ts'
import {Reply} from './reply.ts'
import type {RequestContext} from './request-context.ts'
import type {OpenRequest} from './request-ledger.ts'
import {failedAnswer, RpcFailure} from './rpc-failure.ts'
import type {Session} from './sessions.ts'

export interface McpEndpointOptions {
  readonly services: Services
  readonly redactor: Redactor
  readonly maxBodyBytes: number
  readonly requestTimeoutMs: number
  readonly principalOf: (request: IncomingMessage) => string
}

/** `POST`, `GET` and `DELETE /mcp`, for clients of both eras. */
export class McpEndpoint {
  readonly #options: McpEndpointOptions

  constructor(options: McpEndpointOptions) {
    this.#options = options
  }

  /** The reply that `handle` fills: a stream where the client takes one. */
  reply(request: IncomingMessage, response: ServerResponse, record: OpenRequest): Reply {
    const accept = request.headers.accept ?? '*/*'
    const streamable = accept.includes('*/*') || accept.includes('text/event-stream')
    return new Reply(response, record, this.#options.services.now, streamable)
  }

  async handle(request: IncomingMessage, response: ServerResponse, record: OpenRequest, reply: Reply): Promise<void> {
    switch (request.method) {
      case 'POST':
        await this.#post(request, response, record, reply)
        break
      case 'GET':
        this.#listen(request, response, record, reply)
        break
      case 'DELETE':
        this.#endSession(request, record, reply)
        break
      default:
        this.#refuse(record, reply, {status: 405, code: rpcCode.serverError, message: 'Method not allowed'}, null, {
          allow: 'POST, GET, DELETE',
        })
    }
  }

  async #post(request: IncomingMessage, response: ServerResponse, record: OpenRequest, reply: Reply): Promise<void> {
    const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
    if (type !== 'application/json') {
      return this.#refuse(
        record,
        reply,
        {
          status: 415,
          code: rpcCode.invalidRequest,
          message: `Content-Type must be application/json, not ${type ?? 'missing'}`,
        },
        null,
        {connection: 'close'},
      )
    }
    const read = await readBody(request, this.#options.maxBodyBytes)
    if (read.state === 'too-large') {
      return this.#refuse(
        record,
        reply,
        {
          status: 413,
          code: rpcCode.invalidRequest,
          message: `Request body is larger than ${this.#options.maxBodyBytes} bytes`,
        },
        null,
        {connection: 'close'},
      )
    }
    if (read.state === 'aborted') {
      record.outcome = 'cancelled'
      record.blame = 'client'
      return reply.endEmpty(400)
    }
    const scanned = scanMessage(read.body)
    if (!scanned.ok) {
      const refusal = refusalOf(scanned.fault, scanned.why)
      // JSON-RPC 2.0, section 5: a parse error is answered with id null.
      return this.#refuse(record, reply, refusal, refusal.code === rpcCode.parseError ? null : scanned.id)
    }
    const message = scanned.message
    record.method = message.method
    record.target = message.method ?? record.target
    const classified = classify(read.body, message, request.headers)
    if ('refusal' in classified) return this.#refuse(record, reply, classified.refusal, message.id?.bytes ?? null)

    const principal = this.#options.principalOf(request)
    const session = this.#session(request, message, classified.era, principal)
    if (session === 'unknown') {
      return this.#refuse(
        record,
        reply,
        {status: 404, code: rpcCode.backendTimeout, message: 'Session not found'},
        message.id?.bytes ?? null,
      )
    }
    if (message.kind !== 'request') return this.#take(read.body, message, session, reply)

    const controller = new AbortController()
    const context: RequestContext = {
      requestId: record.requestId,
      traceId: record.traceId,
      principal,
      era: classified.era,
      deadline: this.#options.services.now() + this.#options.requestTimeoutMs,
      signal: controller.signal,
    }
    // A closed stream cancels in the modern era; in the legacy one it says nothing (MCP 2025-11-25, "Cancellation").
    response.on('close', () => {
      if (response.writableFinished) return
      if (classified.era === 'modern') controller.abort()
    })
    await this.#run(context, read.body, message, session, controller, record, reply)
  }

  async #run(
    context: RequestContext,
    body: Buffer,
    message: Envelope,
    session: Session | null,
    controller: AbortController,
    record: OpenRequest,
    reply: Reply,
  ): Promise<void> {
    const {services, redactor} = this.#options
    const id = message.id
    const method = message.method ?? ''
    if (session && id) session.inFlight.set(id.key, controller)
    let answer: MethodAnswer
    try {
      const run = findMethod(context.era, method)
      if (run === undefined)
        throw new RpcFailure(rpcCode.methodNotFound, `Method not found: ${method.slice(0, 128)}`, {
          kind: 'MethodNotFound',
          blame: 'client',
        })
      const params = message.params === null ? null : body.subarray(message.params.start, message.params.end)
      answer = await run({context, method, params, record, reply, services})
      if (answer.kind === 'error') this.#noteBackendError(answer.value, record)
    } catch (error) {
      answer = {kind: 'error', value: failedAnswer(error, record, redactor)}
    } finally {
      if (session && id) session.inFlight.delete(id.key)
    }
    if (record.outcome === 'cancelled') return reply.endEmpty(200)
    // Unknown methods are 404 in the modern era; legacy clients read JSON-RPC errors only from a 200.
    const status = context.era === 'modern' && record.kind === 'MethodNotFound' ? 404 : 200
    reply.end(status, responseMessage(id?.bytes ?? null, answer.kind, answer.value), answer.headers ?? {})
  }

  /** The backend's own error passes as it is; our record says whose it was. */
  #noteBackendError(error: Buffer, record: OpenRequest): void {
    const span = findValue(error, {start: 0, end: error.length}, ['code'])
    record.outcome = 'error'
    record.kind = 'BackendError'
    record.blame = 'backend-logic'
    record.code = span === null ? null : Number(error.toString('latin1', span.start, span.end)) || null
    record.message = this.#options.redactor.text(error.toString('utf8', 0, 300))
  }

  /** Notifications and answers to requests of ours: taken, nothing to say. */
  #take(body: Buffer, message: Envelope, session: Session | null, reply: Reply): void {
    if (message.method === 'notifications/cancelled' && message.params && session) {
      const span = findValue(body, message.params, ['requestId'])
      const id = span && readId(body, span.start, span.end)
      if (id) session.inFlight.get(id.key)?.abort()
    }
    reply.endEmpty(202)
  }

  /** The stream on which a legacy client hears of changes. */
  #listen(request: IncomingMessage, response: ServerResponse, record: OpenRequest, reply: Reply): void {
    const id = request.headers['mcp-session-id']
    const session =
      typeof id === 'string' ? this.#options.services.sessions.find(id, this.#options.principalOf(request)) : undefined
    if (session === undefined) {
      const known = typeof id === 'string'
      return this.#refuse(
        record,
        reply,
        known
          ? {status: 404, code: rpcCode.backendTimeout, message: 'Session not found'}
          : {status: 405, code: rpcCode.serverError, message: 'GET needs the Mcp-Session-Id of an open session'},
        null,
        {allow: 'POST'},
      )
    }
    session.end?.()
    reply.open()
    const beat = setInterval(() => response.write(': keep-alive\n\n'), 15_000)
    const end = (): void => {
      clearInterval(beat)
      if (session.end === end) {
        session.end = undefined
        session.notify = undefined
      }
      response.end()
    }
    session.end = end
    session.notify = message => reply.push(message)
    response.on('close', end)
  }

  #endSession(request: IncomingMessage, record: OpenRequest, reply: Reply): void {
    const {sessions} = this.#options.services
    const id = request.headers['mcp-session-id']
    const session = typeof id === 'string' ? sessions.find(id, this.#options.principalOf(request)) : undefined
    if (session === undefined)
      return this.#refuse(
        record,
        reply,
        {status: typeof id === 'string' ? 404 : 405, code: rpcCode.backendTimeout, message: 'Session not found'},
        null,
      )
    sessions.close(session)
    reply.endEmpty(200)
  }

  #session(
    request: IncomingMessage,
    message: Envelope,
    era: RequestContext['era'],
    principal: string,
  ): Session | null | 'unknown' {
    const id = request.headers['mcp-session-id']
    if (era === 'modern' || message.method === 'initialize' || typeof id !== 'string') return null
    return this.#options.services.sessions.find(id, principal) ?? 'unknown'
  }

  #refuse(
    record: OpenRequest,
    reply: Reply,
    refusal: Refusal,
    id: Buffer | null,
    headers: Readonly<Record<string, string>> = {},
  ): void {
    record.outcome = 'error'
    record.kind = 'RequestRefused'
    record.code = refusal.code
    record.blame = 'client'
    record.message = refusal.message
    reply.end(
      refusal.status,
      responseMessage(id, 'error', errorValue(refusal.code, refusal.message, refusal.data)),
      headers,
    )
  }
}

function refusalOf(fault: string, why: string): Refusal {
  const parse = fault === 'malformed' || fault === 'invalid-utf8'
  return {
    status: 400,
    code: parse ? rpcCode.parseError : rpcCode.invalidRequest,
    message: `${parse ? 'Parse error' : 'Invalid request'}: ${why}`,
  }
}
