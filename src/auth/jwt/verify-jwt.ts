import type {JWTPayload} from 'jose'
import {formatDuration} from '../../shared/duration.ts'
import {errnoCode, messageOf} from '../../shared/errors.ts'
import {denied, type Verdict} from '../identity.ts'
import {isAccepted} from './algorithms.ts'
import {sameIssuer} from './discovery.ts'
import type {KeySource} from './key-source.ts'
import {rolesIn} from './token-roles.ts'

/** Whose tokens are taken, and for whom they have to be made. */
export interface TrustedIssuer {
  readonly issuer: string
  readonly keys: KeySource
  readonly audiences: readonly string[]
}

export interface VerifyOptions {
  readonly issuers: readonly TrustedIssuer[]
  readonly clockSkewMs: number
  readonly rolesClaim: string
  readonly wallMs: () => number
}

export interface Verified {
  readonly verdict: Verdict
  /** Milliseconds since the epoch; of a good token. */
  readonly expiresAt: number
  readonly keys: KeySource | undefined
  /** Of the keys before they were asked: it is another one when they have changed since. */
  readonly generation: number
  readonly claims: JWTPayload | undefined
}

const signatureFailed = 'JWT signature verification failed'
const notYet = 'JWT is not valid yet'

/** Checks signature, issuer, audience and times of one token. */
export async function verifyJwt(token: string, options: VerifyOptions): Promise<Verified> {
  const jose = await import('jose')
  let generation = 0
  const refused = (verdict: Verdict, keys?: KeySource): Verified => ({
    verdict,
    expiresAt: 0,
    keys,
    generation,
    claims: undefined,
  })
  const badSignature = (detail: string, keys?: KeySource): Verified =>
    refused(denied('TokenSignature', signatureFailed, detail), keys)
  let kid: string | undefined
  let alg: unknown
  let claimed: unknown
  try {
    const header = jose.decodeProtectedHeader(token)
    ;({alg} = header)
    kid = typeof header.kid === 'string' ? header.kid : undefined
    claimed = jose.decodeJwt(token).iss
  } catch {
    return badSignature('it is no JWT') // what the parser says may hold parts of the token
  }
  if (!isAccepted(alg)) return badSignature(`the algorithm ${JSON.stringify(alg)?.slice(0, 32)} is not accepted`)
  const trusted = options.issuers.find(({issuer}) => typeof claimed === 'string' && sameIssuer(issuer, claimed))
  if (trusted === undefined || typeof claimed !== 'string') {
    const detail = `its issuer is ${JSON.stringify(claimed)?.slice(0, 200) ?? 'not named'}`
    return refused(denied('TokenIssuer', 'JWT issuer is not accepted here', detail))
  }
  const {keys, audiences} = trusted
  generation = keys.generation
  const known = await candidates(keys, kid, alg)
  if (known === undefined) {
    const why = keys.state.error ?? 'they could not be read'
    const message = 'JWT cannot be verified: the keys of its issuer are not available'
    return refused(denied('TokenKeysUnavailable', message, why), keys)
  }
  if (known.length === 0)
    return badSignature(`no key with this id and algorithm ${alg} is known (${keys.state.from})`, keys)
  for (const key of known) {
    try {
      const {payload} = await jose.jwtVerify(token, key, {
        algorithms: [alg],
        issuer: claimed,
        audience: [...audiences],
        clockTolerance: options.clockSkewMs / 1000,
        currentDate: new Date(options.wallMs()),
        requiredClaims: ['exp'],
      })
      return {...accepted(payload, trusted, options), generation}
    } catch (error) {
      if (errnoCode(error) === 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED') continue
      return refused(claimsVerdict(error, options.wallMs()), keys)
    }
  }
  return badSignature(`it was not signed with a key of ${keys.state.from}`, keys)
}

async function candidates(source: KeySource, kid: string | undefined, alg: string) {
  const set = await source.keys(false)
  const found = await set?.candidates(kid, alg)
  if (found !== undefined && found.length > 0) return found
  // A key that is not known may be new: the issuer rotated.
  return (await source.keys(true))?.candidates(kid, alg)
}

function accepted(
  payload: JWTPayload,
  {issuer, keys}: TrustedIssuer,
  options: VerifyOptions,
): Omit<Verified, 'generation'> {
  const subject = [payload.sub, payload.client_id, payload.azp].find(each => typeof each === 'string' && each !== '')
  if (typeof subject !== 'string' || subject.length > 256) {
    const verdict = denied('TokenClaims', 'JWT names no subject', 'sub, client_id and azp are missing, or too long')
    return {verdict, expiresAt: 0, keys, claims: undefined}
  }
  const early = (payload.iat ?? 0) * 1000 - options.wallMs()
  if (early > options.clockSkewMs) {
    const verdict = denied('TokenNotYetValid', notYet, `it was issued ${formatDuration(early)} from now`)
    return {verdict, expiresAt: 0, keys, claims: undefined}
  }
  // Two issuers may use one name for two people.
  const principal = options.issuers.length === 1 ? `jwt:${subject}` : `jwt:${subject}@${issuer}`
  const expiresAt = (payload.exp ?? 0) * 1000 + options.clockSkewMs
  return {
    verdict: {ok: true, identity: {principal, roles: rolesIn(payload, options.rolesClaim)}},
    expiresAt,
    keys,
    claims: payload,
  }
}

/** What is wrong with a token whose signature is good. */
function claimsVerdict(error: unknown, nowMs: number): Verdict {
  const {claim, payload} = error as {claim?: unknown; payload?: JWTPayload}
  if (errnoCode(error) === 'ERR_JWT_EXPIRED') {
    const agoMs = nowMs - (payload?.exp ?? 0) * 1000
    return denied('TokenExpired', 'OAuth token expired', `it expired ${formatDuration(Math.max(0, agoMs))} ago`)
  }
  if (claim === 'nbf') {
    const inMs = (payload?.nbf ?? 0) * 1000 - nowMs
    return denied('TokenNotYetValid', notYet, `it is valid in ${formatDuration(Math.max(0, inMs))}`)
  }
  if (claim === 'aud') {
    const detail = `its audience is ${JSON.stringify(payload?.aud)?.slice(0, 200) ?? 'not named'}`
    return denied('TokenAudience', 'JWT audience is not accepted here', detail)
  }
  if (typeof claim === 'string') return denied('TokenClaims', 'JWT claims are not accepted', messageOf(error))
  return denied('TokenSignature', signatureFailed, messageOf(error))
}
