import type {IncomingMessage} from 'node:http'
import type {CancelSource} from '../mcp/cancel-source.ts'
import type {Envelope} from '../mcp/envelope.ts'
import {responseMessage} from '../mcp/json-rpc.ts'
import {type Era, rpcCode} from '../mcp/protocol.ts'
import {findValue} from '../mcp/splice.ts'
import type {Redactor} from '../redaction/redactor.ts'
import type {RestrictedView} from './access/restricted-view.ts'
import {mayDebug} from './logging/debug-request.ts'
import type {MethodAnswer, MethodCall, Services} from './method-call.ts'
import {findMethod} from './methods/catalogue.ts'
import type {OpenRequest} from './open-request.ts'
import type {Replying} from './reply.ts'
import {logLevelOf, paramHeaders, profileOf, traceParentOf} from './request-says.ts'
import {failedAnswer, httpOf} from './rpc-failure.ts'
import type {Session} from './session.ts'
import type {TraceContexts} from './trace-id.ts'

export interface AnswerOptions {
  readonly services: Services
  readonly redactor: Redactor
  readonly requestTimeoutMs: number
  readonly principalOf: (request: IncomingMessage) => string
  /** What the sender may see and use; undefined for everything. */
  readonly viewOf?: (request: IncomingMessage) => RestrictedView | undefined
  readonly traces: TraceContexts
  /** Whether clients have to show who they are. */
  readonly authIsOn: boolean
}

/** One JSON-RPC request that has come in and been found to be in order. */
export interface AskedRequest {
  readonly request: IncomingMessage
  readonly body: Buffer
  readonly message: Envelope
  readonly era: Era
  readonly session: Session | null
  readonly controller: CancelSource
  readonly record: OpenRequest
  readonly reply: Replying
}

/** Carries out a request and sends its answer: the method's, or the error that says why there is none. */
export async function answerRequest(options: AnswerOptions, asked: AskedRequest): Promise<void> {
  const {record, reply, era, session, message, controller} = asked
  const call = methodCall(options, asked)
  const key = session === null ? undefined : message.id?.key
  if (key !== undefined) session?.inFlight.set(key, controller)
  let answer: MethodAnswer
  let status = 200
  try {
    answer = await findMethod(era, call.method)(call)
    if (answer.kind === 'error') {
      answer = {...answer, value: withoutSecrets(answer.value, options.redactor)}
      noteBackendError(answer.value, record, options.redactor)
    }
    if (era === 'modern') status = answer.status ?? statusOfCode(record.code)
  } catch (error) {
    const http = httpOf(error)
    answer = {kind: 'error', value: failedAnswer(error, record, options.redactor), headers: http.headers}
    // Legacy clients read JSON-RPC errors only from a 200.
    if (era === 'modern') status = record.kind === 'MethodNotFound' ? 404 : (http.status ?? 200)
  }
  if (key !== undefined) session?.inFlight.delete(key)
  // A legacy client whose stream broke has cancelled nothing, and may take the stream up again.
  if (record.outcome === 'cancelled' && controller.aborted) return reply.endEmpty(200)
  reply.end(status, responseMessage(call.id, answer.kind, answer.value), answer.headers)
}

function methodCall(options: AnswerOptions, asked: AskedRequest): MethodCall {
  const {request, body, message, era, session, controller, record, reply} = asked
  const {principalOf, requestTimeoutMs, viewOf, traces, authIsOn} = options
  const view = viewOf?.(request)
  const services = view?.services ?? options.services
  const profile = session?.profile ?? profileOf(body, message, era)
  const principal = principalOf(request)
  if (request.headers['x-debug'] !== undefined) record.debug = mayDebug(request, principal, authIsOn)
  const traceparent = record.clientTraced ? null : traceParentOf(body, message)
  if (traceparent !== null) traces.adopt(traceparent, record)
  const scope = session?.scope ?? services.scopeFor(principal, profile)
  const call: MethodCall = {
    context: {
      requestId: record.requestId,
      traceId: record.traceId,
      principal,
      era,
      logLevel: era === 'modern' ? logLevelOf(body, message) : null,
      deadline: services.now() + requestTimeoutMs,
      signal: controller,
    },
    method: message.method ?? '',
    params: message.params === null ? null : body.subarray(message.params.start, message.params.end),
    id: message.id?.bytes ?? nullId,
    record,
    reply,
    session,
    profile,
    scope: view === undefined ? scope : view.scope(scope),
    paramHeaders: era === 'modern' ? paramHeaders(request) : none,
    services,
  }
  if (services.detail.debugs(record)) services.detail.read(call, request, body.length)
  return call
}

const nullId = Buffer.from('null')
const none: Readonly<Record<string, string>> = {}

/** A backend that says one of these speaks of the request, not of itself. */
const clientCodes = new Set<number>([rpcCode.invalidRequest, rpcCode.methodNotFound, rpcCode.invalidParams])

/** The backend's own error passes as it is, but for what we have shown it of ourselves. */
function withoutSecrets(error: Buffer, redactor: Redactor): Buffer {
  const text = error.toString()
  if (redactor.text(text) === text) return error
  return Buffer.from(JSON.stringify(redactor.value(JSON.parse(text))))
}

/** Our record says whose it was. */
function noteBackendError(error: Buffer, record: OpenRequest, redactor: Redactor): void {
  const span = findValue(error, {start: 0, end: error.length}, ['code'])
  record.outcome = 'error'
  record.kind = 'BackendError'
  record.code = span === null ? null : Number(error.toString('latin1', span.start, span.end)) || null
  record.blame = record.code !== null && clientCodes.has(record.code) ? 'client' : 'backend-logic'
  record.message = redactor.text(error.toString('utf8', 0, 300))
}

/** Errors of the modern era that have an HTTP status of their own, whoever found them. */
function statusOfCode(code: number | null): number {
  if (code === rpcCode.missingClientCapability) return 400
  return code === rpcCode.methodNotFound ? 404 : 200
}
