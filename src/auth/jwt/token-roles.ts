/** More roles than this are nobody's. */
const maxRoles = 256

/**
 * The roles that a token gives: the named claim, which may lie deeper (`realm_access.roles`), as a list or as words; where
 * the claim is absent, what the client was given the scope for (`scope`, `scp`).
 */
export function rolesIn(claims: Readonly<Record<string, unknown>>, claim: string): readonly string[] {
  const own = claimAt(claims, claim)
  return words(own ?? claims.scope ?? claims.scp)
}

function claimAt(claims: Readonly<Record<string, unknown>>, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path]
  return path
    .split('.')
    .reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, key)
          ? (at as Record<string, unknown>)[key]
          : undefined,
      claims,
    )
}

function words(value: unknown): string[] {
  const all = Array.isArray(value) ? value : typeof value === 'string' ? value.split(' ') : []
  return all.filter(each => typeof each === 'string' && each !== '').slice(0, maxRoles)
}
