import {expect, test} from 'vitest'
import {fail} from '../../../src/diagnostics/check.ts'
import {shortList} from '../../../src/diagnostics/checks/short-list.ts'

const many = (count: number) => Array.from({length: count}, (_, i) => fail(`s${i}`, `s${i} is down`))

test('of a thousand findings of one kind twenty are left, and the last of them names how many more there are', () => {
  const list = shortList(many(1000))
  expect(list).toHaveLength(20)
  expect(list.at(-1)?.evidence.at(-1)).toMatch(/^the same of 980 more: s20, s21, /)
})

test('twenty are left as they are', () => {
  expect(shortList(many(20))).toEqual(many(20))
})
