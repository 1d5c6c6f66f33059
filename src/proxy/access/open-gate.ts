import {isDeepStrictEqual} from 'node:util'
import {ApiKeys} from '../../auth/api-keys.ts'
import {Authenticator} from '../../auth/authenticator.ts'
import type {TrustedIssuer} from '../../auth/jwt/verify-jwt.ts'
import type {Config} from '../../config/schema.ts'
import type {Clock} from '../../shared/clock.ts'
import type {Services} from '../method-call.ts'
import type {LogMessage} from '../runtime-log.ts'
import {AccessGate, type GateOptions} from './gate.ts'
import {Limits} from './limits.ts'
import {metadataPlace} from './resource-metadata.ts'
import type {SharedCounter} from './shared-counter.ts'

export interface OpenGateOptions {
  readonly config: Config
  readonly services: Services
  readonly clock: Clock
  readonly log: (message: LogMessage) => void
  /** Where instances share state. */
  readonly counter?: SharedCounter | undefined
  /** The gate of the configuration before: what that says in the same words goes on, with all that it has counted. */
  readonly former?: {readonly config: Config; readonly gate: AccessGate | undefined} | undefined
}

/**
 * The gate that a configuration asks for; undefined where it asks for none, so that nothing is in the way then.
 * @throws AppError `JWT_KEY_FILE`
 */
export async function openGate(options: OpenGateOptions): Promise<AccessGate | undefined> {
  const {config, services, clock, log, counter, former} = options
  const auth = config.auth?.enabled === true ? config.auth : undefined
  if (auth === undefined && config.rate_limit?.enabled !== true) return undefined
  const before = former?.gate?.lasting
  const proofs =
    before !== undefined && isDeepStrictEqual(former?.config.auth, config.auth)
      ? before
      : await openProofs(auth, clock, log)
  const limits =
    before !== undefined && isDeepStrictEqual(former?.config.rate_limit, config.rate_limit)
      ? before.limits
      : new Limits(config.rate_limit, clock.now, counter, before?.limits.exceeded)
  return new AccessGate({
    authenticator: proofs.authenticator,
    roles: auth?.roles ?? {},
    issuers: proofs.issuers,
    limits,
    failures: before?.failures,
    services,
    wallMs: clock.wallMs,
    ...(auth?.oauth && {
      metadataUrl: metadataPlace(auth.oauth.resource).url,
      ...(auth.oauth.scopes.length > 0 && {scope: auth.oauth.scopes.join(' ')}),
    }),
  })
}

type Auth = NonNullable<Config['auth']>

/** How clients prove who they are. */
async function openProofs(
  auth: Auth | undefined,
  clock: Clock,
  log: OpenGateOptions['log'],
): Promise<Pick<GateOptions, 'authenticator' | 'issuers'>> {
  if (auth === undefined) return {authenticator: undefined, issuers: []}
  const issuers = await openIssuers(auth, clock, log)
  const authenticator = new Authenticator({
    keys: new ApiKeys(auth.api_keys),
    tokens: issuers.length === 0 ? undefined : await openTokens(issuers, auth, clock),
    certificates: auth.mtls?.enabled === true ? auth.mtls.subjects : undefined,
  })
  return {authenticator, issuers}
}

async function openTokens(issuers: readonly TrustedIssuer[], {jwt}: Auth, {wallMs, now}: Clock) {
  const {CachedTokens} = await import('../../auth/jwt/token-verifier.ts')
  return new CachedTokens({
    issuers,
    clockSkewMs: jwt?.clock_skew ?? 60_000,
    rolesClaim: jwt?.roles_claim ?? 'roles',
    wallMs,
    now,
  })
}

async function openIssuers(auth: Auth, clock: Clock, log: OpenGateOptions['log']): Promise<TrustedIssuer[]> {
  if (auth.jwt === undefined && auth.oauth === undefined) return []
  const {trustedIssuers} = await import('../../auth/jwt/trusted-issuers.ts')
  const onFault = (keys: string, error: string): void =>
    log({
      level: 'ERROR',
      module: 'auth',
      kind: 'TokenKeysUnreadable',
      message: 'the keys that tokens are verified with cannot be read; the last good ones stay in force',
      pairs: {keys, error},
    })
  const issuers = trustedIssuers({jwt: auth.jwt, oauth: auth.oauth, clock, onFault})
  // Fetched before the first token comes; that nothing waits for it is the point.
  for (const {keys} of issuers) void keys.keys(false)
  return issuers
}
