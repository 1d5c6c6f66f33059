import {createHash} from 'node:crypto'
import {describe, expect, test} from 'vitest'
import {ApiKeys, hashApiKey, newApiKey} from '../../src/auth/api-keys.ts'
import fc from '../helpers/properties.ts'

describe('an API key', () => {
  test('holds 256 random bits behind a prefix that says what it is', () => {
    const key = newApiKey()
    expect(key).toMatch(/^o1k_[A-Za-z0-9_-]{43}$/)
    expect(newApiKey()).not.toBe(key)
  })

  test('is found by its hash, and gives who it belongs to', () => {
    const key = newApiKey()
    const keys = new ApiKeys([
      {id: 'ci', hash: hashApiKey(key), roles: ['reader']},
      {id: 'other', hash: hashApiKey(newApiKey()), roles: []},
    ])
    expect(keys.find(key)).toEqual({principal: 'key:ci', roles: ['reader']})
  })

  test('is found by a hash as sha256sum prints it, in any case', () => {
    const hex = createHash('sha256').update('an own key of somebody').digest('hex')
    for (const hash of [hex, hex.toUpperCase(), `sha256:${hex}`])
      expect(new ApiKeys([{id: 'a', hash, roles: []}]).find('an own key of somebody')?.principal).toBe('key:a')
  })

  test('two of one name are both good while one takes the place of the other', () => {
    const [before, after] = [newApiKey(), newApiKey()]
    const keys = new ApiKeys([before, after].map(key => ({id: 'ci', hash: hashApiKey(key), roles: []})))
    expect([keys.find(before)?.principal, keys.find(after)?.principal]).toEqual(['key:ci', 'key:ci'])
  })

  test('a hash that is none is matched by nothing, itself neither', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        fc.pre(!/^(?:sha256:)?[0-9a-f]{64}$/i.test(text))
        return new ApiKeys([{id: 'a', hash: text, roles: []}]).find(text) === undefined
      }),
    )
  })

  test('no other text is taken for it', () => {
    const key = newApiKey()
    const keys = new ApiKeys([{id: 'a', hash: hashApiKey(key), roles: []}])
    fc.assert(fc.property(fc.string(), text => text === key || keys.find(text) === undefined))
    for (const near of [key.slice(0, -1), `${key}a`, key.toUpperCase(), hashApiKey(key), ''])
      expect(keys.find(near)).toBe(undefined)
  })
})
