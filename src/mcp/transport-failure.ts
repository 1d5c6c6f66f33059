import {errnoCode, messageOf} from '../shared/errors.ts'
import {CallFailure} from './call-failure.ts'
import {rpcCode} from './protocol.ts'

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ENOTFOUND: 'the host name does not resolve',
  EAI_AGAIN: 'the host name does not resolve now (DNS did not answer)',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'no route to the network',
  ETIMEDOUT: 'no answer to the connection in time',
  EMFILE: 'this process has no file descriptor left',
  CONNECT_TIMEOUT: 'no connection in time',
  CLOSED_EARLY: 'the connection was closed before the answer was complete',
  UND_ERR_CONNECT_TIMEOUT: 'no connection in time',
  UND_ERR_HEADERS_TIMEOUT: 'no response head in time',
  UND_ERR_BODY_TIMEOUT: 'the response stalled',
  UND_ERR_SOCKET: 'the connection was closed before the answer was complete',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate chain cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
}

/** undici may call a request started before there is a connection. */
const neverConnected = new Set(['ECONNREFUSED', 'UND_ERR_CONNECT_TIMEOUT', 'ENOTFOUND'])

/** What the network did, as a verdict with host and cause. */
export function transportFailure(origin: string, error: Error, written: boolean): CallFailure {
  // Ours, before anything was sent: it knows better what it is.
  if (error instanceof CallFailure) return error
  const root = error.cause instanceof Error ? error.cause : error
  const code = errnoCode(root) ?? errnoCode(error)
  const connected = written && (code === undefined || !neverConnected.has(code))
  return new CallFailure(`${origin}: ${(code !== undefined && reasons[code]) || messageOf(root)}`, {
    kind: 'TransportFailed',
    blame: 'transport',
    code: connected ? rpcCode.serverError : rpcCode.noBackend,
    delivered: connected ? 'unknown' : 'no',
    ...(code !== undefined && {evidence: code}),
    cause: error,
  })
}
