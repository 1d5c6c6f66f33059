import {CallFailure} from './call-failure.ts'
import {rpcCode} from './protocol.ts'

/** What was seen of an answer that is none. */
export interface SeenAnswer {
  readonly status: number
  /** Without parameters, lower case; empty for none. */
  readonly contentType: string
  readonly body?: Buffer
  /** Where a redirect leads, without what may be secret in it. */
  readonly location?: string
}

/** The backend did answer, but not with the answer to the call. */
export function answerFailure(
  seen: SeenAnswer,
  kind: string,
  blame: CallFailure['blame'],
  message: string,
  delivered: CallFailure['delivered'] = 'unknown',
): CallFailure {
  const {status, body} = seen
  const text = body !== undefined && body.length > 0 ? `: ${body.toString('utf8', 0, 300)}` : ''
  return new CallFailure(message, {
    kind,
    blame,
    code: delivered === 'no' ? rpcCode.noBackend : rpcCode.serverError,
    delivered,
    evidence: `HTTP ${status}${text}`,
    httpStatus: status,
  })
}

/** Neither JSON-RPC nor an event stream. */
export function notAnAnswer(seen: SeenAnswer): CallFailure {
  const {status, contentType} = seen
  if (status === 401 || status === 403) {
    const message = `the backend rejected our credentials with HTTP ${status}`
    return answerFailure(seen, 'CredentialsRejected', 'proxy', message, 'no')
  }
  if (status >= 300 && status < 400) {
    const message = `it redirects (HTTP ${status})${seen.location === undefined ? '' : ` to ${seen.location}`}; redirects are not followed`
    return answerFailure(seen, 'HttpStatus', 'backend-logic', message)
  }
  if (status >= 400) return answerFailure(seen, 'HttpStatus', 'backend-logic', `it answered HTTP ${status}`)
  const message = `it answered ${contentType || 'without a content type'} where JSON or an event stream is due`
  return answerFailure(seen, 'NotMcp', 'backend-logic', message)
}

/** The `Location` of a redirect, without user info and query; undefined where it leads to no web address. */
export function redirectTarget(location: string | string[] | undefined, endpoint: string): string | undefined {
  if (typeof location !== 'string' || !URL.canParse(location, endpoint)) return undefined
  const {protocol, host, pathname} = new URL(location, endpoint)
  return /^https?:$/.test(protocol) ? `${protocol}//${host}${pathname.slice(0, 200)}` : undefined
}

export function tooLarge(seen: SeenAnswer, maxBytes: number): CallFailure {
  return answerFailure(seen, 'AnswerTooLarge', 'backend-logic', `the answer is larger than ${maxBytes} bytes`)
}

/** Without parameters, in lower case. */
export function mediaType(header: string | string[] | undefined): string {
  if (header === 'application/json' || header === 'text/event-stream') return header
  return (
    String(header ?? '')
      .split(';', 1)[0]
      ?.trim()
      .toLowerCase() ?? ''
  )
}
