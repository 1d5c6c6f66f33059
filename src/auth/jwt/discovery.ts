import {FetchFault, fetchJson} from '../fetch-json.ts'

/**
 * Where the metadata of an authorization server may stand: RFC 8414 (the well-known part goes in front of the path),
 * then OpenID Connect Discovery (in front, and behind it).
 */
export function metadataUrls(issuer: string): string[] {
  const {origin, pathname} = new URL(issuer)
  const path = pathname.replace(/\/$/, '')
  const urls = [
    `${origin}/.well-known/oauth-authorization-server${path}`,
    `${origin}/.well-known/openid-configuration${path}`,
    `${origin}${path}/.well-known/openid-configuration`,
  ]
  return [...new Set(urls)]
}

/**
 * The JWK set of an issuer that the operator named. Its metadata is asked where the operator pointed; the address of the
 * keys in it is a stranger's word, unless it is at the same origin or the configuration names it too.
 * @throws FetchFault
 */
export async function discoverJwks(issuer: string, named: readonly string[]): Promise<unknown> {
  const jwksUri = await jwksUriOf(issuer)
  const own = new URL(jwksUri).origin === new URL(issuer).origin
  return fetchJson(jwksUri, {trust: own || named.includes(jwksUri) ? 'operator' : 'discovered'})
}

async function jwksUriOf(issuer: string): Promise<string> {
  let last: unknown
  for (const url of metadataUrls(issuer)) {
    try {
      const metadata = (await fetchJson(url, {trust: 'operator'})) as Record<string, unknown> | null
      // RFC 8414, section 3.3: metadata of another issuer must not be used.
      if (typeof metadata?.issuer !== 'string' || !sameIssuer(metadata.issuer, issuer))
        throw new FetchFault(`${url}: it is the metadata of another issuer`)
      if (typeof metadata.jwks_uri !== 'string' || !URL.canParse(metadata.jwks_uri))
        throw new FetchFault(`${url}: it names no jwks_uri`)
      return metadata.jwks_uri
    } catch (error) {
      last = error
    }
  }
  throw last
}

/** Equal but for a slash at the end, which people add and leave out. */
export function sameIssuer(a: string, b: string): boolean {
  return a.replace(/\/$/, '') === b.replace(/\/$/, '')
}
