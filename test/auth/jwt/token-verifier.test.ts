import {expect, it} from 'vitest'
import {KeySet} from '../../../src/auth/jwt/key-set.ts'
import {CachedTokens} from '../../../src/auth/jwt/token-verifier.ts'
import {jwks, signingKey, token} from './issuer.ts'

const hourMs = 3_600_000

it('a token that a clock ahead of its time made look expired is good a few seconds after the clock is right', async () => {
  const key = signingKey('k')
  const clock = {wallMs: Date.now(), now: 0}
  const state = {from: 'test', keys: 1, readAt: null, error: null}
  const tokens = new CachedTokens({
    issuers: [
      {
        issuer: 'https://issuer.example',
        keys: {generation: 1, keys: async () => KeySet.fromJwks(jwks([key])), state},
        audiences: ['me'],
      },
    ],
    clockSkewMs: 0,
    rolesClaim: 'roles',
    wallMs: () => clock.wallMs,
    now: () => clock.now,
  })
  const text = await token(key)
  clock.wallMs += 24 * hourMs
  expect(await tokens.verify(text)).toMatchObject({ok: false, denial: {kind: 'TokenExpired'}})
  clock.wallMs -= 24 * hourMs
  clock.now += 1_000
  expect(await tokens.verify(text)).toMatchObject({ok: false})
  clock.now += 5_000
  expect(await tokens.verify(text)).toMatchObject({ok: true})
  // A good one ends when the clock says so, however little time has passed.
  clock.wallMs += 2 * hourMs
  expect(await tokens.verify(text)).toMatchObject({ok: false, denial: {kind: 'TokenExpired'}})
})
