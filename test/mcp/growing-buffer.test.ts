import {expect, it} from 'vitest'
import {GrowingBuffer} from '../../src/mcp/growing-buffer.ts'
import fc from '../helpers/properties.ts'

it('a growing buffer gives what was appended, and what it gave stays as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.uint8Array({maxLength: 2000}), {maxLength: 8}), {maxLength: 4}), rounds => {
      const buffer = new GrowingBuffer()
      const taken = rounds.map(pieces => {
        for (const piece of pieces) buffer.append(Buffer.from(piece))
        expect(buffer.length).toBe(pieces.reduce((sum, piece) => sum + piece.length, 0))
        return buffer.take()
      })
      expect(buffer.length).toBe(0)
      for (const [index, pieces] of rounds.entries()) expect(taken[index]?.equals(Buffer.concat(pieces))).toBe(true)
    }),
  )
})
