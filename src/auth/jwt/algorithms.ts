/** What a public key can verify, by its own type. Nothing here is symmetric, and `none` is no algorithm. */
const byKeyType: Readonly<Record<string, readonly string[]>> = {
  RSA: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  'EC P-256': ['ES256'],
  'EC P-384': ['ES384'],
  'EC P-521': ['ES512'],
  'OKP Ed25519': ['EdDSA', 'Ed25519'],
}

export interface KeyType {
  readonly kty?: unknown
  readonly crv?: unknown
}

/** The algorithms of a key; none for a type that verifies nothing here, such as a shared secret (`oct`). */
export function algorithmsOf({kty, crv}: KeyType): readonly string[] {
  return byKeyType[kty === 'RSA' ? 'RSA' : `${String(kty)} ${String(crv)}`] ?? []
}

const all = new Set(Object.values(byKeyType).flat())

/** Whether a token may name this algorithm at all. */
export function isAccepted(algorithm: unknown): algorithm is string {
  return typeof algorithm === 'string' && all.has(algorithm)
}
