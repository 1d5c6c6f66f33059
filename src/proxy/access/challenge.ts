import type {Denial} from '../../auth/identity.ts'

/**
 * `WWW-Authenticate` of a 401 or 403 (RFC 6750, section 3; RFC 9728, section 5.1). Without credentials it names no error:
 * the client has made none yet.
 */
export function challenge(denial: Denial, metadataUrl: string | undefined, scope: string | undefined): string {
  const error =
    denial.kind === 'CredentialsMissing'
      ? undefined
      : denial.kind === 'NoRole'
        ? 'insufficient_scope'
        : denial.kind === 'CredentialsUnreadable'
          ? 'invalid_request'
          : 'invalid_token'
  const parts = [
    ['realm', 'only1mcp'],
    ['resource_metadata', metadataUrl],
    ['error', error],
    ['error_description', error === undefined ? undefined : denial.message],
    ['scope', scope],
  ]
  const shown = parts.flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${quotable(value)}"`]))
  return `Bearer ${shown.join(', ')}`
}

/** RFC 6750 allows printable ASCII without quotes and backslashes in these. */
function quotable(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, "'")
}
