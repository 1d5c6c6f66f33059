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
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate chain ends at a CA that is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate chain cannot be verified',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate chain cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
}

/**
 * What the backend's TLS says of our certificate. With TLS 1.3 it comes after the first request was written, and in place of
 * its being read.
 */
const ownCertificate: Readonly<Record<string, string>> = {
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a client certificate: set auth.tls.cert and auth.tls.key',
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: 'it refused the TLS handshake; it may want a client certificate (auth.tls)',
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: 'it does not know the CA of our client certificate',
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: 'it does not accept our client certificate',
  ERR_SSL_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE: 'it does not accept our client certificate: of the wrong kind',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED: 'our client certificate has expired, it says',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_REVOKED: 'our client certificate has been revoked, it says',
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: 'it does not accept our client certificate',
  ERR_SSL_TLSV1_ALERT_ACCESS_DENIED: 'it does not let in the owner of our client certificate',
}

/** undici may call a request started before there is a connection; without a good certificate there is none either. */
const neverConnected = new Set([
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'ENOTFOUND',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

/** What the network did, as a verdict with host and cause. */
export function transportFailure(origin: string, error: Error, written: boolean): CallFailure {
  // Ours, before anything was sent: it knows better what it is.
  if (error instanceof CallFailure) return error
  const root = error.cause instanceof Error ? error.cause : error
  const code = errnoCode(root) ?? errnoCode(error)
  const unwanted = code === undefined ? undefined : ownCertificate[code]
  if (code !== undefined && unwanted !== undefined)
    return new CallFailure(`${origin}: ${unwanted}`, {
      kind: 'CredentialsRejected',
      blame: 'proxy',
      code: rpcCode.noBackend,
      delivered: 'no',
      evidence: code,
      cause: error,
    })
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
