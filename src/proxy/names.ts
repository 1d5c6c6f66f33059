import type {BackendConfig} from '../config/schema.ts'

/** How a backend's names and URIs look to clients: prefixed, or as they are with an empty prefix. */
export interface Naming {
  readonly prefix: string
  /** Stands in front of a URI, a scheme of its own: `github+` (a scheme holds no underscore). */
  readonly uriPrefix: string
}

/** Of a server by itself; the members of a group have that of the first. */
export function namingOf(config: Pick<BackendConfig, 'id' | 'prefix' | 'group'>): Naming {
  const prefix = config.prefix ?? config.group ?? config.id
  return {prefix, uriPrefix: prefix === '' ? '' : `${prefix.replaceAll('_', '-')}+`}
}

export function exposedName(naming: Naming, name: string): string {
  return naming.prefix === '' ? name : `${naming.prefix}__${name}`
}

export function exposedUri(naming: Naming, uri: string): string {
  return naming.uriPrefix + uri
}

/** @returns undefined when the URI is not one of this backend's */
export function ownUri(naming: Naming, uri: string): string | undefined {
  if (naming.uriPrefix === '') return uri
  return uri.startsWith(naming.uriPrefix) ? uri.slice(naming.uriPrefix.length) : undefined
}
