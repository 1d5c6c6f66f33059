import {expect, it} from 'vitest'
import {Ring} from '../../src/shared/ring.ts'
import fc from '../helpers/properties.ts'

it('a ring holds the newest items, oldest first', () => {
  fc.assert(
    fc.property(fc.integer({min: 1, max: 8}), fc.array(fc.nat(), {maxLength: 30}), (capacity, items) => {
      const ring = new Ring<number>(capacity)
      for (const item of items) ring.push(item)
      const expected = items.slice(-capacity)
      expect(ring.toArray()).toEqual(expected)
      expect(ring.size).toBe(expected.length)
      expect(Array.from({length: capacity + 2}, (_, index) => ring.at(index - 1))).toEqual(
        Array.from({length: capacity + 2}, (_, index) => expected[index - 1]),
      )
    }),
  )
})
