import {describe, expect, test} from 'vitest'
import {readCredential} from '../../src/auth/credential.ts'
import fc from '../helpers/properties.ts'

describe('the credential of a request', () => {
  test.each([
    [['X-API-Key', 'k1'], {kind: 'api-key', value: 'k1'}],
    [['x-api-KEY', '  k1\t'], {kind: 'api-key', value: 'k1'}],
    [['Authorization', 'Bearer abc'], {kind: 'bearer', value: 'abc'}],
    [['authorization', 'bEARER   abc== '], {kind: 'bearer', value: 'abc=='}],
    [['X-API-Key', 'k1', 'Authorization', 'Basic dTpw'], {kind: 'api-key', value: 'k1'}],
    [['X-API-Key', 'k1', 'Authorization', 'Bearer k1'], {kind: 'api-key', value: 'k1'}],
    [['Host', 'a', 'Accept', 'b'], {kind: 'none'}],
    [[], {kind: 'none'}],
  ])('%j is read', (headers, credential) => {
    expect(readCredential(headers)).toEqual(credential)
  })

  test.each([
    ['two X-API-Key headers', ['X-API-Key', 'a', 'x-api-key', 'a']],
    ['two Authorization headers', ['Authorization', 'Bearer a', 'authorization', 'Bearer b']],
    ['two different credentials', ['X-API-Key', 'a', 'Authorization', 'Bearer b']],
    ['an empty key', ['X-API-Key', '   ']],
    ['a key with a space', ['X-API-Key', 'a b']],
    ['two keys joined', ['X-API-Key', 'a, b']],
    ['a key that is too long', ['X-API-Key', 'a'.repeat(513)]],
    ['a token that is too long', ['Authorization', `Bearer ${'a'.repeat(13_000)}`]],
    ['no token', ['Authorization', 'Bearer ']],
    ['two tokens', ['Authorization', 'Bearer a b']],
    ['a quoted token', ['Authorization', 'Bearer "a"']],
    ['a tab', ['Authorization', 'Bearer\ta']],
    ['another scheme', ['Authorization', 'Basic dTpw']],
    ['no scheme', ['Authorization', '']],
  ])('%s cannot be read', (_, headers) => {
    expect(readCredential(headers).kind).toBe('unreadable')
  })

  test('whatever the headers hold, what cannot be read is never repeated in the reason', () => {
    const value = fc.string({minLength: 12, maxLength: 400, unit: 'binary-ascii'})
    const header = fc.tuple(fc.constantFrom('X-API-Key', 'Authorization', 'authorization', 'Accept'), value)
    fc.assert(
      fc.property(fc.array(header, {maxLength: 4}), pairs => {
        const read = readCredential(pairs.flat())
        if (read.kind !== 'unreadable') return
        for (const [, text] of pairs) expect(read.why).not.toContain(text)
      }),
    )
  })

  test('a good token survives any number of spaces around it', () => {
    const token = fc.stringMatching(/^[A-Za-z0-9._~+/-]{1,200}={0,2}$/)
    fc.assert(
      fc.property(token, fc.nat(20), fc.nat(20), (value, before, after) => {
        const header = `Bearer ${' '.repeat(before)}${value}${' '.repeat(after)}`
        expect(readCredential(['Authorization', header])).toEqual({kind: 'bearer', value})
      }),
    )
  })

  test('a very long header costs no time', () => {
    const started = performance.now()
    readCredential(['Authorization', `Bearer ${' '.repeat(1_000_000)}!`])
    readCredential(['X-API-Key', ' '.repeat(1_000_000)])
    expect(performance.now() - started).toBeLessThan(200)
  })
})
