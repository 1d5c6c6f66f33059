import type {IncomingMessage, ServerResponse} from 'node:http'
import {CancelSource} from '../mcp/cancel-source.ts'
import {type Envelope, scanMessage} from '../mcp/envelope.ts'
import {errorValue, responseMessage} from '../mcp/json-rpc.ts'
import type {Span} from '../mcp/json-scan.ts'
import {readId} from '../mcp/message-id.ts'
import {type Era, rpcCode} from '../mcp/protocol.ts'
import {findValue} from '../mcp/splice.ts'
import type {Redactor} from '../redaction/redactor.ts'
import type {RestrictedView} from './access/restricted-view.ts'
import {classify, type Refusal} from './classify.ts'
import type {Compression} from './compression/compression.ts'
import {mayDebug} from './logging/debug-request.ts'
import type {MethodAnswer, MethodCall, Services} from './method-call.ts'
import {findMethod} from './methods/catalogue.ts'
import {type BodyBudget, readBody} from './read-body.ts'
import {BatchPart, Reply, type Replying} from './reply.ts'
import type {RequestContext} from './request-context.ts'
import type {OpenRequest} from './request-ledger.ts'
import {logLevelOf, paramHeaders, profileOf, traceParentOf} from './request-says.ts'
import {failedAnswer, httpOf} from './rpc-failure.ts'
import type {Session} from './sessions.ts'
import type {TraceContexts} from './trace-id.ts'

export interface McpEndpointOptions {
  readonly services: Services
  readonly redactor: Redactor
  readonly maxBodyBytes: number
  readonly requestTimeoutMs: number
  readonly principalOf: (request: IncomingMessage) => string
  /** What the sender may see and use; undefined for everything. */
  readonly viewOf?: (request: IncomingMessage) => RestrictedView | undefined
  readonly compression?: Compression | undefined
  readonly traces: TraceContexts
  /** Whether clients have to show who they are. */
  readonly authIsOn: boolean
}

/** A backend that says one of these speaks of the request, not of itself. */
const clientCodes = new Set<number>([rpcCode.invalidRequest, rpcCode.methodNotFound, rpcCode.invalidParams])

/** Each message of a batch may have an answer of megabytes, and all are kept until the last is there. */
const maxBatch = 100

const maxBodiesBytes = 256 * 1024 * 1024

/** The only revision with JSON-RPC batches. */
const batchVersion = '2025-03-26'

/** `POST`, `GET` and `DELETE /mcp`, for clients of both eras. */
export class McpEndpoint {
  readonly #options: McpEndpointOptions
  readonly #bodies: BodyBudget

  constructor(options: McpEndpointOptions) {
    this.#options = options
    this.#bodies = {maxBytes: Math.max(maxBodiesBytes, options.maxBodyBytes), heldBytes: 0}
  }

  /** The reply that `handle` fills: a stream where the client takes one. */
  reply(request: IncomingMessage, response: ServerResponse, record: OpenRequest): Reply {
    const accept = request.headers.accept ?? '*/*'
    const streamable = accept.includes('*/*') || accept.includes('text/event-stream')
    return new Reply(response, record, this.#options.services.now, streamable, this.#options.compression)
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
    const read = await readBody(request, this.#options.maxBodyBytes, this.#bodies)
    if (read.state === 'no-room') {
      const message = 'Too many large requests at once, try again'
      const refusal = {status: 503, code: rpcCode.serverError, message}
      return this.#refuse(record, reply, refusal, null, {connection: 'close', 'retry-after': '1'})
    }
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
    record.requestBytes = read.body.length
    const scanned = scanMessage(read.body)
    if (!scanned.ok && scanned.fault === 'batch' && scanned.elements.length > maxBatch) {
      const message = `Invalid request: a batch holds at most ${maxBatch} messages`
      return this.#refuse(record, reply, {status: 400, code: rpcCode.invalidRequest, message}, null)
    }
    if (!scanned.ok && scanned.fault === 'batch' && scanned.elements.length > 0) {
      const session = this.#batchSession(request)
      if (session) return this.#batch(request, read.body, scanned.elements, session, record, reply)
    }
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
    record.principal = principal
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

    const controller = new CancelSource()
    // A closed stream cancels in the modern era; in the legacy one it says nothing (MCP 2025-11-25, "Cancellation").
    response.on('close', () => {
      if (!response.writableFinished && classified.era === 'modern') controller.abort()
    })
    await this.#request(request, read.body, message, classified.era, session, controller, record, reply)
  }

  async #request(
    request: IncomingMessage,
    body: Buffer,
    message: Envelope,
    era: Era,
    session: Session | null,
    controller: CancelSource,
    record: OpenRequest,
    reply: Replying,
  ): Promise<void> {
    const {principalOf, requestTimeoutMs, viewOf, traces, authIsOn} = this.#options
    const view = viewOf?.(request)
    const services = view?.services ?? this.#options.services
    const profile = session?.profile ?? profileOf(body, message, era)
    const principal = principalOf(request)
    if (request.headers['x-debug'] !== undefined) record.debug = mayDebug(request, principal, authIsOn)
    const traceparent = record.clientTraced ? null : traceParentOf(body, message)
    if (traceparent !== null) traces.adopt(traceparent, record)
    const context: RequestContext = {
      requestId: record.requestId,
      traceId: record.traceId,
      principal,
      era,
      logLevel: era === 'modern' ? logLevelOf(body, message) : null,
      deadline: services.now() + requestTimeoutMs,
      signal: controller,
    }
    const scope = session?.scope ?? services.scopeFor(principal, profile)
    const call: MethodCall = {
      context,
      method: message.method ?? '',
      params: message.params === null ? null : body.subarray(message.params.start, message.params.end),
      id: message.id?.bytes ?? Buffer.from('null'),
      record,
      reply,
      session,
      profile,
      scope: view === undefined ? scope : view.scope(scope),
      paramHeaders: era === 'modern' ? paramHeaders(request) : {},
      services,
    }
    if (services.detail.debugs(record)) services.detail.read(call, request, body.length)
    if (session && message.id) session.inFlight.set(message.id.key, controller)
    try {
      await this.#run(call)
    } finally {
      if (session && message.id) session.inFlight.delete(message.id.key)
    }
  }

  async #run(call: MethodCall): Promise<void> {
    const {context, record, reply} = call
    let answer: MethodAnswer
    let status = 200
    try {
      answer = await findMethod(context.era, call.method)(call)
      if (answer.kind === 'error') this.#noteBackendError(answer.value, record)
      if (context.era === 'modern') status = answer.status ?? statusOfCode(record.code)
    } catch (error) {
      const http = httpOf(error)
      answer = {kind: 'error', value: failedAnswer(error, record, this.#options.redactor), headers: http.headers}
      // Legacy clients read JSON-RPC errors only from a 200.
      if (context.era === 'modern') status = record.kind === 'MethodNotFound' ? 404 : (http.status ?? 200)
    }
    if (record.outcome === 'cancelled') return reply.endEmpty(200)
    reply.end(status, responseMessage(call.id, answer.kind, answer.value), answer.headers ?? {})
  }

  /** Batches are part of one revision, so they need a session that negotiated it. */
  #batchSession(request: IncomingMessage): Session | undefined {
    const id = request.headers['mcp-session-id']
    const session =
      typeof id === 'string' ? this.#options.services.sessions.find(id, this.#options.principalOf(request)) : undefined
    return session?.protocolVersion === batchVersion ? session : undefined
  }

  /** Every message of a batch by itself; the answers of its requests together, in one document. */
  async #batch(
    request: IncomingMessage,
    body: Buffer,
    elements: readonly Span[],
    session: Session,
    record: OpenRequest,
    reply: Reply,
  ): Promise<void> {
    const answers = await Promise.all(
      elements.map(async ({start, end}) => {
        const bytes = body.subarray(start, end)
        const scanned = scanMessage(bytes)
        if (!scanned.ok)
          return responseMessage(
            scanned.id,
            'error',
            errorValue(rpcCode.invalidRequest, `Invalid request: ${scanned.why}`),
          )
        const part = new BatchPart()
        if (scanned.message.kind !== 'request') this.#take(bytes, scanned.message, session, part)
        else
          await this.#request(request, bytes, scanned.message, 'legacy', session, new CancelSource(), {...record}, part)
        return part.message
      }),
    )
    record.target = `batch of ${elements.length}`
    const said = answers.filter(answer => answer !== undefined)
    if (said.length === 0) return reply.endEmpty(202)
    const comma = Buffer.from(',')
    const list = said.flatMap((message, index) => (index === 0 ? [message] : [comma, message]))
    reply.end(200, Buffer.concat([Buffer.from('['), ...list, Buffer.from(']')]))
  }

  /** The backend's own error passes as it is; our record says whose it was. */
  #noteBackendError(error: Buffer, record: OpenRequest): void {
    const span = findValue(error, {start: 0, end: error.length}, ['code'])
    record.outcome = 'error'
    record.kind = 'BackendError'
    record.code = span === null ? null : Number(error.toString('latin1', span.start, span.end)) || null
    record.blame = record.code !== null && clientCodes.has(record.code) ? 'client' : 'backend-logic'
    record.message = this.#options.redactor.text(error.toString('utf8', 0, 300))
  }

  /** Notifications and answers to questions of ours: taken, nothing to say. */
  #take(body: Buffer, message: Envelope, session: Session | null, reply: Replying): void {
    if (session && message.kind === 'notification') this.#notified(body, message, session)
    if (session && message.id && (message.kind === 'result' || message.kind === 'error')) {
      const span = message.kind === 'result' ? message.result : message.error
      if (span)
        session.questions.answer(message.id.key, {kind: message.kind, value: body.subarray(span.start, span.end)})
    }
    reply.endEmpty(202)
  }

  #notified(body: Buffer, message: Envelope, session: Session): void {
    if (message.method === 'notifications/cancelled' && message.params) {
      const span = findValue(body, message.params, ['requestId'])
      const id = span && readId(body, span.start, span.end)
      if (id) session.inFlight.get(id.key)?.abort()
    }
    if (message.method === 'notifications/roots/list_changed') session.scope.tell('notifications/roots/list_changed')
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

/** Errors of the modern era that have an HTTP status of their own, whoever found them. */
function statusOfCode(code: number | null): number {
  if (code === rpcCode.missingClientCapability) return 400
  return code === rpcCode.methodNotFound ? 404 : 200
}

function refusalOf(fault: string, why: string): Refusal {
  const parse = fault === 'malformed' || fault === 'invalid-utf8'
  return {
    status: 400,
    code: parse ? rpcCode.parseError : rpcCode.invalidRequest,
    message: `${parse ? 'Parse error' : 'Invalid request'}: ${why}`,
  }
}
