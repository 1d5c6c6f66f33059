import {CallFailure} from '../mcp/call-failure.ts'
import {errorValue} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {Redactor} from '../redaction/redactor.ts'
import type {BlameParty} from '../shared/blame.ts'
import {messageOf} from '../shared/errors.ts'
import type {OpenRequest} from './open-request.ts'

/** A request that we ourselves answer with a JSON-RPC error. */
export class RpcFailure extends Error {
  override readonly name = 'RpcFailure'
  readonly code: number
  readonly kind: string
  readonly blame: BlameParty
  readonly data: unknown
  /** HTTP status in the modern era; 200 without one. */
  readonly status: number | undefined

  constructor(
    code: number,
    message: string,
    details: {kind: string; blame: BlameParty; data?: unknown; status?: number},
  ) {
    super(message)
    this.code = code
    this.kind = details.kind
    this.blame = details.blame
    this.data = details.data
    this.status = details.status
  }
}

/**
 * Notes the verdict in the request's record and makes the `error` member of the answer. The same words stand in
 * `error.data`, the log line and the console (design, mechanism 4).
 */
export function failedAnswer(error: unknown, request: OpenRequest, redactor: Redactor): Buffer {
  const failure = error instanceof CallFailure || error instanceof RpcFailure ? error : internal(error)
  const evidence = failure instanceof CallFailure ? failure.evidence : undefined
  const message = redactor.text(failure.message)
  const seen = evidence === undefined ? undefined : redactor.text(evidence)
  request.outcome = outcomeOf(failure)
  request.kind = failure.kind
  request.code = failure.code
  request.blame = failure.blame
  request.message = seen === undefined ? message : `${message} (${seen})`
  const own = failure instanceof RpcFailure && failure.data !== undefined ? {details: failure.data} : {}
  return errorValue(failure.code, message, {
    cause: failure.kind,
    blame: failure.blame,
    requestId: request.requestId,
    ...(request.serverId !== null && {serverId: request.serverId}),
    ...(failure instanceof CallFailure && {delivered: failure.delivered}),
    ...(seen !== undefined && {evidence: seen}),
    ...(failure instanceof CallFailure && retryData(failure)),
    ...own,
  })
}

/** When to come back: for programs as a span, for people as a time. */
function retryData({retryAfterMs}: CallFailure): object {
  if (retryAfterMs === undefined) return {}
  return {retryAfterMs, retryAt: new Date(Date.now() + retryAfterMs).toISOString()}
}

/** HTTP status and headers of a failed request in the modern era. */
export function httpOf(error: unknown): {status: number | undefined; headers: Readonly<Record<string, string>>} {
  if (error instanceof RpcFailure) return {status: error.status, headers: {}}
  if (!(error instanceof CallFailure) || error.retryAfterMs === undefined) return {status: undefined, headers: {}}
  return {
    status: error.code === rpcCode.rateLimited ? 429 : undefined,
    headers: {'retry-after': String(Math.max(1, Math.ceil(error.retryAfterMs / 1000)))},
  }
}

function outcomeOf(failure: CallFailure | RpcFailure): OpenRequest['outcome'] {
  if (failure instanceof CallFailure && failure.ambiguous) return 'ambiguous'
  return failure.kind === 'Cancelled' ? 'cancelled' : 'error'
}

function internal(error: unknown): RpcFailure {
  return new RpcFailure(rpcCode.internalError, `Internal error: ${messageOf(error)}`, {
    kind: 'Internal',
    blame: 'proxy',
  })
}
