import type {Config} from '../../config/schema.ts'

const wellKnown = '/.well-known/oauth-protected-resource'

type Oauth = NonNullable<NonNullable<Config['auth']>['oauth']>

/** Where the metadata of a resource stands: the well-known part in front of its path (RFC 9728, section 3.1). */
export function metadataPlace(resource: string): {url: string; path: string} {
  const {origin, pathname} = new URL(resource)
  const path = `${wellKnown}${pathname.replace(/\/$/, '')}`
  return {url: `${origin}${path}`, path}
}

/** The documents that tell a client where to get a token (RFC 9728), by path. */
export function resourceMetadata(oauth: Oauth | undefined): ReadonlyMap<string, object> {
  if (oauth === undefined) return new Map()
  const document = {
    resource: oauth.resource,
    authorization_servers: oauth.authorization_servers,
    bearer_methods_supported: ['header'],
    ...(oauth.scopes.length > 0 && {scopes_supported: oauth.scopes}),
    resource_name: 'only1mcp',
  }
  // Behind a proxy that strips a path, clients may ask at the root, or with the path of the endpoint.
  const paths = new Set([wellKnown, `${wellKnown}/mcp`, metadataPlace(oauth.resource).path])
  return new Map([...paths].map(path => [path, document]))
}
