import {describe, expect, it} from 'vitest'
import {matchesGlob} from '../../src/shared/star-glob.ts'
import fc from '../helpers/properties.ts'

describe('matchesGlob', () => {
  it.each([
    ['read', 'read', true],
    ['read', 'reader', false],
    ['read*', 'read', true],
    ['*_all', 'delete_all', true],
    ['a*b*c', 'a--b--b--c', true],
    ['a*b*c', 'a--b--b--', false],
    ['*', '', true],
    ['', '', true],
    ['', 'x', false],
    ['file://*/etc/*', 'file:///srv/etc/passwd', true],
    ['a.c', 'abc', false],
    ['[ab]', 'a', false],
  ])('%j against %j: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected)
  })

  it('says the same as a regular expression', () => {
    const letters = fc.string({unit: fc.constantFrom('a', 'b', '*'), maxLength: 8})
    fc.assert(
      fc.property(letters, fc.string({unit: fc.constantFrom('a', 'b'), maxLength: 12}), (pattern, text) => {
        expect(matchesGlob(pattern, text)).toBe(new RegExp(`^${pattern.replaceAll('*', '.*')}$`).test(text))
      }),
    )
  })

  it('takes no long time for a pattern of many stars', () => {
    const startedAt = performance.now()
    expect(matchesGlob(`${'*a'.repeat(50)}b`, 'a'.repeat(20_000))).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(1000)
  })
})
