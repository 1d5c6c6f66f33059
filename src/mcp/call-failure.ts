import type {BlameParty} from '../shared/blame.ts'

export interface CallFailureDetails {
  /** One word, the log's ErrorKind: `BackendTimeout`, `SpawnFailed` … */
  readonly kind: string
  readonly blame: BlameParty
  /** JSON-RPC code for the client. */
  readonly code: number
  /** Whether the backend may have acted: `no` may be tried again, `unknown` never is. */
  readonly delivered: 'no' | 'unknown'
  /** What was seen: HTTP status, first bytes, stderr tail, elapsed against the limit. */
  readonly evidence?: string
  readonly cause?: unknown
  /** Of a backend that answered with no message. */
  readonly httpStatus?: number
  /** When another try makes sense: tells the client in `data` and `Retry-After`. */
  readonly retryAfterMs?: number
  /** It may have been carried out, and nobody can tell: the request ends as `ambiguous`. */
  readonly ambiguous?: boolean
}

/** A call to a backend that ended without the backend's own answer. */
export class CallFailure extends Error {
  override readonly name = 'CallFailure'
  readonly kind: string
  readonly blame: BlameParty
  readonly code: number
  readonly delivered: 'no' | 'unknown'
  readonly evidence: string | undefined
  readonly httpStatus: number | undefined
  readonly retryAfterMs: number | undefined
  readonly ambiguous: boolean

  constructor(message: string, details: CallFailureDetails) {
    super(message, details.cause === undefined ? undefined : {cause: details.cause})
    this.kind = details.kind
    this.blame = details.blame
    this.code = details.code
    this.delivered = details.delivered
    this.evidence = details.evidence
    this.httpStatus = details.httpStatus
    this.retryAfterMs = details.retryAfterMs
    this.ambiguous = details.ambiguous ?? false
  }
}
