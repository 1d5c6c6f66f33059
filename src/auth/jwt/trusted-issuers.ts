import type {Config} from '../../config/schema.ts'
import type {Clock} from '../../shared/clock.ts'
import {fetchJson} from '../fetch-json.ts'
import {discoverJwks, sameIssuer} from './discovery.ts'
import {JwksUrl} from './jwks-url.ts'
import {KeyFile} from './key-file.ts'
import type {KeySource} from './key-source.ts'
import type {TrustedIssuer} from './verify-jwt.ts'

type Auth = NonNullable<Config['auth']>

export interface IssuerSettings {
  readonly jwt: Auth['jwt']
  readonly oauth: Auth['oauth']
  readonly clock: Clock
  readonly onFault: (keys: string, why: string) => void
}

/**
 * Whose tokens the configuration takes: `auth.jwt` with its own keys and audience; each authorization server of
 * `auth.oauth` with the keys that it publishes, for tokens made for `auth.oauth.resource`. One issuer that is named in both
 * has one set of keys, and either audience is good.
 * @throws AppError `JWT_KEY_FILE`
 */
export function trustedIssuers({jwt, oauth, clock, onFault}: IssuerSettings): TrustedIssuer[] {
  const named = jwt?.jwks_url === undefined ? [] : [jwt.jwks_url]
  const resource = oauth === undefined ? [] : spellings(oauth.resource)
  const discovered = (issuer: string): KeySource =>
    new JwksUrl({name: issuer, fetch: () => discoverJwks(issuer, named), clock, onFault})
  const servers = oauth?.authorization_servers ?? []
  const issuers: TrustedIssuer[] = []
  if (jwt !== undefined) {
    const both = servers.some(server => sameIssuer(server, jwt.issuer))
    const audiences = both ? [...jwt.audience, ...resource] : jwt.audience
    const keys = ownKeys(jwt, clock, onFault) ?? (both ? discovered(jwt.issuer) : undefined)
    if (keys !== undefined) issuers.push({issuer: jwt.issuer, keys, audiences})
  }
  for (const issuer of servers) {
    if (issuers.some(known => sameIssuer(known.issuer, issuer))) continue
    issuers.push({issuer, keys: discovered(issuer), audiences: resource})
  }
  return issuers
}

function ownKeys(
  {jwks_url, key_file}: NonNullable<Auth['jwt']>,
  clock: Clock,
  onFault: IssuerSettings['onFault'],
): KeySource | undefined {
  if (key_file !== undefined) return new KeyFile(key_file, clock, onFault)
  if (jwks_url === undefined) return undefined
  return new JwksUrl({name: jwks_url, fetch: () => fetchJson(jwks_url, {trust: 'operator'}), clock, onFault})
}

/** A resource with and without the slash at its end (RFC 8707 asks for the one without). */
function spellings(resource: string): string[] {
  const bare = resource.replace(/\/$/, '')
  return [bare, `${bare}/`]
}
