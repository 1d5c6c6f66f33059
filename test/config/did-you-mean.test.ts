import {expect, test} from 'vitest'
import {didYouMean, editDistance} from '../../src/config/did-you-mean.ts'
import fc from '../helpers/properties.ts'

test.each([
  ['prot', ['host', 'port'], 'port'],
  ['Health-Check', ['health_check', 'headers'], 'health_check'],
  ['warning', ['info', 'warn', 'error'], 'warn'],
  ['id', ['env', 'cwd'], undefined],
  ['completely', ['different', 'words'], undefined],
  ['bat', ['cat', 'hat'], 'cat'],
  ['x'.repeat(10_000), ['host'], undefined],
])('%s among %j is %s', (word, candidates, expected) => {
  expect(didYouMean(word, candidates)).toBe(expected)
})

test('the distance is a metric but for swaps, and at most the longer length', () => {
  const word = fc.string({maxLength: 12})
  fc.assert(
    fc.property(word, word, (a, b) => {
      const distance = editDistance(a, b)
      expect(distance).toBe(editDistance(b, a))
      expect(distance === 0).toBe(a === b)
      expect(distance).toBeLessThanOrEqual(Math.max(a.length, b.length))
      expect(distance).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
    }),
  )
})
