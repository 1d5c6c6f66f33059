import {createHmac} from 'node:crypto'
import type {JWTPayload} from 'jose'
import {describe, expect, test} from 'vitest'
import {KeySet} from '../../../src/auth/jwt/key-set.ts'
import type {KeySource} from '../../../src/auth/jwt/key-source.ts'
import {type TrustedIssuer, verifyJwt} from '../../../src/auth/jwt/verify-jwt.ts'
import fc from '../../helpers/properties.ts'
import {jwks, type SigningKey, signingKey, token} from './issuer.ts'

const issuer = 'https://issuer.example'
const keys = [signingKey('rsa', 'RS256'), signingKey('ec', 'ES256'), signingKey('ed', 'EdDSA')] as const
const [rsa, ec, ed] = keys

function source(set: KeySet | undefined): KeySource {
  return {generation: 1, keys: async () => set, state: {from: 'test', keys: 3, readAt: null, error: 'it is away'}}
}

function verify(text: string, trusted: Partial<TrustedIssuer> = {}, nowMs = Date.now()) {
  return verifyJwt(text, {
    issuers: [{issuer, keys: source(KeySet.fromJwks(jwks(keys))), audiences: ['me'], ...trusted}],
    clockSkewMs: 60_000,
    rolesClaim: 'roles',
    wallMs: () => nowMs,
  })
}

async function denial(text: string | Promise<string>, trusted?: Partial<TrustedIssuer>) {
  const {verdict} = await verify(await text, trusted)
  if (verdict.ok) throw new Error(`it was let in as ${verdict.identity.principal}`)
  return verdict.denial
}

const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const unsigned = (header: object, claims: JWTPayload = {}): string =>
  `${part(header)}.${part({iss: issuer, sub: 'alice', aud: 'me', exp: seconds(3600), ...claims})}`

describe('a token', () => {
  test.each([rsa, ec, ed])('signed with $alg is good, and says who it is', async key => {
    const {verdict, expiresAt} = await verify(await token(key, {roles: ['reader']}))
    expect(verdict).toEqual({ok: true, identity: {principal: 'jwt:alice', roles: ['reader']}})
    expect(expiresAt).toBeGreaterThan(Date.now() + 3_600_000)
  })

  test('that has expired is "OAuth token expired", and the log hears since when', async () => {
    const expired = await denial(token(ec, {exp: seconds(-300)}))
    expect(expired.kind).toBe('TokenExpired')
    expect(expired.message).toBe('OAuth token expired')
    expect(expired.detail).toMatch(/^it expired (5m|4m 59s|5m 1s) ago$/)
  })

  test('within the clock skew is good still, and already', async () => {
    expect((await verify(await token(ec, {exp: seconds(-30)}))).verdict.ok).toBe(true)
    expect((await verify(await token(ec, {nbf: seconds(30)}))).verdict.ok).toBe(true)
  })

  test('of the future is not valid yet', async () => {
    expect(await denial(token(ec, {nbf: seconds(600)}))).toMatchObject({kind: 'TokenNotYetValid'})
    expect(await denial(token(ec, {iat: seconds(600), exp: seconds(1200)}))).toMatchObject({
      kind: 'TokenNotYetValid',
      detail: expect.stringMatching(/^it was issued (10m|9m 59s|9m 59\.\ds) from now$/),
    })
    expect((await verify(await token(ec, {iat: seconds(30)}))).verdict.ok).toBe(true)
  })

  test('for another audience is refused, and the log names it', async () => {
    const refused = await denial(token(ec, {aud: ['other', 'third']}))
    expect(refused).toMatchObject({kind: 'TokenAudience', detail: 'its audience is ["other","third"]'})
    expect((await denial(token(ec, {aud: undefined}))).kind).toBe('TokenAudience')
    expect((await verify(await token(ec, {aud: ['other', 'me']}))).verdict.ok).toBe(true)
  })

  test('of another issuer is refused', async () => {
    expect((await denial(token(ec, {iss: 'https://evil.example'}))).kind).toBe('TokenIssuer')
    expect((await denial(token(ec, {iss: undefined}))).kind).toBe('TokenIssuer')
  })

  test('that never expires, or names nobody, is refused', async () => {
    expect((await denial(token(ec, {exp: undefined}))).kind).toBe('TokenClaims')
    expect((await denial(token(ec, {sub: undefined}))).kind).toBe('TokenClaims')
    const {verdict} = await verify(await token(ec, {sub: undefined, client_id: 'robot'}))
    expect(verdict).toMatchObject({ok: true, identity: {principal: 'jwt:robot'}})
  })

  test.each(['none', 'None', 'NONE', 'nOnE'])('with the algorithm %s is refused', async alg => {
    for (const text of [`${unsigned({alg})}.`, `${unsigned({alg, kid: 'ec'})}.AAAA`]) {
      expect(await denial(text)).toMatchObject({kind: 'TokenSignature', message: 'JWT signature verification failed'})
    }
  })

  test.each(['HS256', 'HS384', 'HS512'])('with %s and the public key as the secret is refused', async alg => {
    const secrets = [
      rsa.publicKey.export({format: 'pem', type: 'spki'}),
      rsa.publicKey.export({format: 'der', type: 'spki'}),
      JSON.stringify(rsa.publicKey.export({format: 'jwk'})),
    ]
    for (const secret of secrets) {
      const text = unsigned({alg, kid: 'rsa'})
      const signature = createHmac(`sha${alg.slice(2)}`, secret)
        .update(text)
        .digest('base64url')
      expect((await denial(`${text}.${signature}`)).message).toBe('JWT signature verification failed')
    }
  })

  test('signed by somebody else is refused, with a known key id too', async () => {
    for (const kid of ['ec', 'unknown', undefined])
      expect((await denial(token(signingKey(kid)))).message).toBe('JWT signature verification failed')
  })

  test('is refused when any part of it was changed', async () => {
    const good = await token(ec)
    const [header, , signature] = good.split('.')
    const other = part({iss: issuer, sub: 'root', aud: 'me', exp: seconds(3600)})
    expect((await denial(`${header}.${other}.${signature}`)).kind).toBe('TokenSignature')
    expect((await denial(`${part({alg: 'RS256', kid: 'rsa'})}.${good.split('.')[1]}.${signature}`)).kind).toBe(
      'TokenSignature',
    )
  })

  test('that brings its own key is verified with ours alone', async () => {
    const own = signingKey('ec')
    const header = {alg: 'ES256', kid: 'ec', jwk: own.publicKey.export({format: 'jwk'}), jku: 'http://127.0.0.1:1/'}
    const [, payload, signature] = (await token(own)).split('.')
    expect((await denial(`${part(header)}.${payload}.${signature}`)).kind).toBe('TokenSignature')
  })

  test('cannot be verified while there are no keys, and the log says why', async () => {
    expect(await denial(token(ec), {keys: source(undefined)})).toMatchObject({
      kind: 'TokenKeysUnavailable',
      detail: 'it is away',
    })
  })

  test('whatever it is, only a good one is let in, nothing throws, and nothing of it is repeated', async () => {
    const good = await token(ec)
    const mutated = fc
      .tuple(fc.nat(good.length - 1), fc.constantFrom('A', 'z', '.', '0'))
      .map(([at, char]) => good.slice(0, at) + char + good.slice(at + 1))
    const made = fc.tuple(fc.object(), fc.object(), fc.base64String()).map(([h, p, s]) => `${part(h)}.${part(p)}.${s}`)
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, made, fc.string()), async text => {
        const {verdict} = await verify(text)
        if (verdict.ok) return text === good || sameBytes(text, good)
        return text.length < 40 || !JSON.stringify(verdict.denial).includes(text.slice(0, 40))
      }),
      {numRuns: 300},
    )
  })
})

/** base64url has spare bits at its end: another text, the same signature. */
function sameBytes(a: string, b: string): boolean {
  return a
    .split('.')
    .every((text, index) => Buffer.from(text, 'base64url').equals(Buffer.from(b.split('.')[index] ?? '', 'base64url')))
}

describe('roles of a token', () => {
  const rolesOf = async (key: SigningKey, claims: JWTPayload, rolesClaim = 'roles') => {
    const {verdict} = await verifyJwt(await token(key, claims), {
      issuers: [{issuer, keys: source(KeySet.fromJwks(jwks(keys))), audiences: ['me']}],
      clockSkewMs: 0,
      rolesClaim,
      wallMs: Date.now,
    })
    return verdict.ok ? verdict.identity.roles : verdict.denial
  }

  test.each([
    [{roles: ['a', 'b']}, ['a', 'b']],
    [{roles: 'a b'}, ['a', 'b']],
    [{scope: 'tools:read tools:call'}, ['tools:read', 'tools:call']],
    [{scp: ['x']}, ['x']],
    [{roles: [], scope: 'x'}, []],
    [{roles: [1, null, {}, 'a']}, ['a']],
    [{roles: {a: true}}, []],
    [{}, []],
  ])('%j are %j', async (claims, roles) => {
    expect(await rolesOf(ec, claims as JWTPayload)).toEqual(roles)
  })

  test('may lie deeper', async () => {
    expect(await rolesOf(ec, {realm_access: {roles: ['x']}}, 'realm_access.roles')).toEqual(['x'])
    expect(await rolesOf(ec, {'https://a.example/roles': ['y']}, 'https://a.example/roles')).toEqual(['y'])
    expect(await rolesOf(ec, {}, 'constructor.name')).toEqual([])
  })
})
