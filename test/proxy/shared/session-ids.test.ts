import {describe, expect, it} from 'vitest'
import {clientProfile} from '../../../src/proxy/client-profile.ts'
import {SessionIds, type SessionOpening} from '../../../src/proxy/shared/session-ids.ts'
import fc from '../../helpers/properties.ts'

const [key, other] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const day = 86_400_000
let wallMs = Date.UTC(2026, 10, 1)
const ids = (keys: readonly Buffer[], instance = 'a'): SessionIds => new SessionIds(keys, instance, day, () => wallMs)
const opening: SessionOpening = {
  principal: 'key:ci',
  protocolVersion: '2025-11-25',
  clientName: 'editor',
  profile: clientProfile({roots: {listChanged: true}, sampling: {}}),
}

describe('session ids', () => {
  it('tell an instance with the same key all that it needs', () => {
    const read = ids([key], 'b').read(ids([key]).issue(opening), 'key:ci')
    expect(read?.opening).toEqual(opening)
    expect(read?.issuedAt).toBe(wallMs)
  })

  it('are visible ASCII of at most 512 characters, and no two are equal', () => {
    const text = fc.string({unit: 'binary', maxLength: 256})
    fc.assert(
      fc.property(text, fc.dictionary(fc.string(), fc.jsonValue()), (clientName, capabilities) => {
        const one = {...opening, clientName, profile: clientProfile(capabilities)}
        const [first, second] = [ids([key]).issue(one), ids([key]).issue(one)]
        expect(first).toMatch(/^[\x21-\x7e]{22,512}$/)
        expect(first).not.toBe(second)
        const read = ids([key]).read(first, 'key:ci')
        if (read !== undefined) expect(read.opening.profile.fingerprint).toBe(one.profile.fingerprint)
      }),
    )
  })

  it('of a client with more capabilities than fit are good where they were given out only', () => {
    const profile = clientProfile({experimental: {text: 'x'.repeat(600)}})
    const id = ids([key]).issue({...opening, profile})
    expect(id.length).toBeLessThan(512)
    expect(ids([key]).read(id, 'key:ci')).toBeUndefined()
  })

  it('are good for the principal that opened the session and no other', () => {
    const id = ids([key]).issue(opening)
    for (const principal of ['key:ci2', 'anonymous', '', 'key:c'])
      expect(ids([key]).read(id, principal)).toBeUndefined()
  })

  it('with any character changed, cut off or added are none', () => {
    const id = ids([key]).issue(opening)
    fc.assert(
      fc.property(fc.nat(id.length - 1), fc.integer({min: 0x21, max: 0x7e}), (at, code) => {
        const forged = id.slice(0, at) + String.fromCharCode(code) + id.slice(at + 1)
        if (forged !== id) expect(ids([key]).read(forged, 'key:ci')).toBeUndefined()
        expect(ids([key]).read(id.slice(0, at), 'key:ci')).toBeUndefined()
      }),
    )
    for (const forged of [`${id}=`, `${id} `, ` ${id}`, `${id}.`, '', '1.', '1..', 'é'.repeat(43)])
      expect(ids([key]).read(forged, 'key:ci')).toBeUndefined()
  })

  it('signed with the key of before are taken, with another one never', () => {
    const id = ids([other]).issue(opening)
    expect(ids([key, other]).read(id, 'key:ci')).toBeDefined()
    expect(ids([key]).read(id, 'key:ci')).toBeUndefined()
    expect(ids([other]).read(ids([key, other]).issue(opening), 'key:ci')).toBeUndefined()
  })

  it('older than the maximum, or from a future beyond what clocks differ by, are none', () => {
    const id = ids([key]).issue(opening)
    const issuedAt = wallMs
    try {
      wallMs = issuedAt + day
      expect(ids([key]).read(id, 'key:ci')).toBeDefined()
      wallMs = issuedAt + day + 1
      expect(ids([key]).read(id, 'key:ci')).toBeUndefined()
      wallMs = issuedAt - 299_000
      expect(ids([key]).read(id, 'key:ci')).toBeDefined()
      wallMs = issuedAt - 301_000
      expect(ids([key]).read(id, 'key:ci')).toBeUndefined()
    } finally {
      wallMs = issuedAt
    }
  })
})
