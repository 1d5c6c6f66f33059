import type {CallFailure} from '../../mcp/call-failure.ts'
import type {BackendAnswer} from '../../mcp/connection.ts'
import {errnoCode} from '../../shared/errors.ts'

/** The system's word for what only the other side can be blamed for, though nothing was sent. */
const remote = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'UND_ERR_SOCKET',
  'CLOSED_EARLY',
  'CONNECT_TIMEOUT',
])

/**
 * Whether a failure counts against the backend: timeouts, a connection that broke, HTTP 5xx. What the client did wrong,
 * what the tool says (`isError`), and what this machine lacks (descriptors, programs, addresses) never does. The end of a
 * process counts once, however many calls it took along: see `countsWhenEnded`.
 */
export function countsAgainst(failure: CallFailure): boolean {
  switch (failure.kind) {
    case 'BackendTimeout':
    case 'StreamEnded':
      return true
    case 'TransportFailed':
      return failure.delivered === 'unknown' && !isLocal(failure)
    case 'HttpStatus':
      return failure.httpStatus !== undefined && failure.httpStatus >= 500
    default:
      return false
  }
}

/** The same for an answer: an error of JSON-RPC is an answer as good as any, a status of 500 and more is none. */
export function answersBadly({status}: BackendAnswer): boolean {
  return status !== undefined && status >= 500
}

/** Whether the end of a connection, or a start that failed, counts against the backend. */
export function countsWhenEnded(failure: CallFailure): boolean {
  if (failure.kind === 'BackendExited') return true
  if (failure.kind !== 'TransportFailed') return countsAgainst(failure)
  const code = codeOf(failure)
  return code !== undefined && (remote.has(code) || code === 'UND_ERR_CONNECT_TIMEOUT')
}

/** Ours: out of descriptors, addresses or memory, no route from here. */
function isLocal(failure: CallFailure): boolean {
  const code = codeOf(failure)
  return code !== undefined && local.has(code)
}

const local = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EADDRNOTAVAIL', 'ENETUNREACH', 'ENETDOWN', 'EACCES'])

function codeOf({cause}: CallFailure): string | undefined {
  const root = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return errnoCode(root) ?? errnoCode(cause)
}

/** Nothing could be sent at all: the endpoint is not there, or we have nothing to show it. */
export function isAway({kind, delivered}: CallFailure): boolean {
  return delivered === 'no' && away.has(kind)
}

const away: ReadonlySet<string> = new Set(['TransportFailed', 'TokenRefused', 'TokenUnreachable', 'TlsFiles'])
