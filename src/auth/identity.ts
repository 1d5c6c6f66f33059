/** Who a request comes from, once that is proven. */
export interface Identity {
  /** `key:<id>`, `jwt:<subject>` or `cert:<name>`: what proved it stands in front, so that no kind can pose as another. */
  readonly principal: string
  readonly roles: readonly string[]
}

/** Where nobody has to prove anything. */
export const anonymous = 'anonymous'

/** Why a request is not let in. */
export interface Denial {
  /** One word for the log and `error.data.cause`. */
  readonly kind:
    | 'CredentialsMissing'
    | 'CredentialsUnreadable'
    | 'InvalidApiKey'
    | 'TokenExpired'
    | 'TokenNotYetValid'
    | 'TokenSignature'
    | 'TokenAudience'
    | 'TokenIssuer'
    | 'TokenClaims'
    | 'TokenKeysUnavailable'
    | 'CertificateRefused'
    | 'NoRole'
  /** What the client is told. */
  readonly message: string
  /** What the operator reads in the log; never a credential. */
  readonly detail: string
}

export type Verdict = {readonly ok: true; readonly identity: Identity} | {readonly ok: false; readonly denial: Denial}

export function denied(kind: Denial['kind'], message: string, detail: string): Verdict {
  return {ok: false, denial: {kind, message, detail}}
}
