import {expect, test} from 'vitest'
import {writeAtTurnEnd} from '../../src/shared/turn-end.ts'

test('what is put off to the end of a turn is written once, in order, and what comes up meanwhile in the next', async () => {
  const written: string[] = []
  const writer = (name: string, more?: () => void) => ({
    writeNow: () => {
      written.push(name)
      more?.()
    },
  })
  writeAtTurnEnd(writer('a', () => writeAtTurnEnd(writer('c'))))
  writeAtTurnEnd(writer('b'))
  expect(written).toEqual([])
  await new Promise(resolve => setImmediate(resolve))
  expect(written).toEqual(['a', 'b'])
  await new Promise(resolve => setImmediate(resolve))
  expect(written).toEqual(['a', 'b', 'c'])
})
