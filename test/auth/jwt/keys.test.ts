import {generateKeyPairSync} from 'node:crypto'
import {mkdirSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {JwksUrl} from '../../../src/auth/jwt/jwks-url.ts'
import {KeyFile} from '../../../src/auth/jwt/key-file.ts'
import {KeySet} from '../../../src/auth/jwt/key-set.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {jwks, signingKey} from './issuer.ts'

function fakeClock() {
  const clock = {ms: 1_000, now: () => clock.ms, wallMs: () => 1_700_000_000_000 + clock.ms}
  return clock
}

const pem = (key = signingKey('a')) => String(key.publicKey.export({format: 'pem', type: 'spki'}))

describe('a key file', () => {
  test('may be PEM, several of them, a JWK or a JWK set', async () => {
    const [a, b] = [signingKey('a'), signingKey('b', 'RS256')]
    expect(KeySet.fromFile(pem(a)).size).toBe(1)
    expect(KeySet.fromFile(`# issuer\n${pem(a)}\n${pem(b)}`).size).toBe(2)
    expect(KeySet.fromFile(JSON.stringify(jwks([a, b]))).ids).toEqual(['a', 'b'])
    expect(KeySet.fromFile(JSON.stringify(jwks([a]).keys[0])).size).toBe(1)
    // A key without an id answers to a token with any.
    expect(await KeySet.fromFile(pem(a)).candidates('whatever', 'ES256')).toHaveLength(1)
  })

  test.each([
    ['nothing', ''],
    ['no key', 'hello'],
    ['broken JSON', '{"keys":['],
    ['no keys', '{"keys":[]}'],
    ['a shared secret', '{"keys":[{"kty":"oct","k":"c2VjcmV0c2VjcmV0"}]}'],
    ['broken PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['a private key', String(signingKey('a').privateKey.export({format: 'pem', type: 'pkcs8'}))],
    [
      'a short RSA key',
      String(generateKeyPairSync('rsa', {modulusLength: 1024}).publicKey.export({format: 'pem', type: 'spki'})),
    ],
  ])('with %s is refused in words without its text', (_, text) => {
    const attempt = () => KeySet.fromFile(text)
    expect(attempt).toThrow(/^it |^none of|^a PEM/)
    if (text.length > 20) expect(attempt).not.toThrow(text.slice(10, 30))
  })

  test('is read again when it changes; a broken one leaves the last good keys in force', async () => {
    const path = join(tempDir(), 'keys.json')
    const faults: string[] = []
    const clock = fakeClock()
    writeFileSync(path, JSON.stringify(jwks([signingKey('a')])))
    const file = new KeyFile(path, clock, (_, why) => faults.push(why))
    const [first] = [file.generation]
    writeFileSync(`${path}.new`, JSON.stringify(jwks([signingKey('b')])))
    renameSync(`${path}.new`, path)
    clock.ms += 1_500
    expect((await file.keys()).ids).toEqual(['b'])
    expect(file.generation).not.toBe(first)
    writeFileSync(path, 'broken')
    clock.ms += 1_500
    expect((await file.keys()).ids).toEqual(['b'])
    clock.ms += 1_500
    await file.keys()
    expect(faults).toEqual(['it holds neither PEM nor a JWK'])
    expect(file.state.error).toBe('it holds neither PEM nor a JWK')
  })

  test('that is missing or no file stops the start with its name', () => {
    const folder = tempDir()
    mkdirSync(join(folder, 'dir'))
    for (const name of ['none.pem', 'dir'])
      expect(() => new KeyFile(join(folder, name), fakeClock(), () => {})).toThrow(
        expect.objectContaining({code: 'JWT_KEY_FILE', message: expect.stringContaining(join(folder, name))}),
      )
  })
})

describe('keys at a URL', () => {
  test('are fetched once for many, and again for a key that is not known', async () => {
    let published = jwks([signingKey('a')])
    let fetched = 0
    const clock = fakeClock()
    const fetch = async () => {
      fetched++
      return published
    }
    const source = new JwksUrl({name: 'u', fetch, clock, onFault: () => {}})
    const all = await Promise.all([1, 2, 3].map(() => source.keys(false)))
    expect(all.map(set => set?.ids)).toEqual([['a'], ['a'], ['a']])
    expect(fetched).toBe(1)
    const before = source.generation
    published = jwks([signingKey('b')])
    expect((await source.keys(false))?.ids).toEqual(['a'])
    expect((await source.keys(true))?.ids).toEqual(['b'])
    expect(source.generation).not.toBe(before)
  })

  test('are not fetched for each token that names a key of its own invention', async () => {
    let fetched = 0
    const clock = fakeClock()
    const published = jwks([signingKey('a')])
    const fetch = async () => {
      fetched++
      return published
    }
    const source = new JwksUrl({name: 'u', fetch, clock, onFault: () => {}})
    for (let i = 0; i < 1_000; i++) await source.keys(true)
    expect(fetched).toBeLessThanOrEqual(6)
    const before = fetched
    clock.ms += 60_000
    for (let i = 0; i < 1_000; i++) await source.keys(true)
    expect(fetched - before).toBeLessThanOrEqual(5)
    expect(fetched - before).toBeGreaterThan(0)
  })

  test('stay in force while the issuer is away, and the fault is told once', async () => {
    const faults: string[] = []
    let away = false
    const clock = fakeClock()
    const published = jwks([signingKey('a')])
    const fetch = async () => {
      if (away) throw new Error('connection refused')
      return published
    }
    const source = new JwksUrl({name: 'u', fetch, clock, onFault: (_, why) => faults.push(why)})
    await source.keys(false)
    away = true
    for (let i = 0; i < 10; i++) {
      clock.ms += 400_000
      expect((await source.keys(true))?.ids).toEqual(['a'])
    }
    expect(faults).toEqual(['connection refused'])
    expect(source.state).toMatchObject({keys: 1, error: 'connection refused'})
    away = false
    clock.ms += 400_000
    await source.keys(true)
    expect(source.state.error).toBe(null)
  })

  test('that are older than five minutes are fetched beside the requests', async () => {
    let fetched = 0
    const clock = fakeClock()
    const fetch = async () => jwks([signingKey(`k${++fetched}`)])
    const source = new JwksUrl({name: 'u', fetch, clock, onFault: () => {}})
    await source.keys(false)
    clock.ms += 301_000
    expect((await source.keys(false))?.ids).toEqual(['k1'])
    await expect.poll(async () => (await source.keys(false))?.ids).toEqual(['k2'])
  })
})
