import {expect, test} from 'vitest'
import {fail} from '../../../src/diagnostics/check.ts'
import {tellAlike} from '../../../src/diagnostics/checks/tell-alike.ts'

const down = (subject: string, alike?: string) =>
  fail(subject, `${subject} is down`, alike === undefined ? {} : {alike})

test('the first of several with one trouble names the others', () => {
  const all = [down('a', 'host'), down('b'), down('c', 'host'), down('d', 'host'), down('e', 'other')]
  expect(tellAlike(all).map(({summary}) => summary)).toEqual([
    'a is down; c, d too',
    'b is down',
    'c is down',
    'd is down',
    'e is down',
  ])
})

test('of many it names a few', () => {
  const all = Array.from({length: 30}, (_, i) => down(`s${i}`, 'host'))
  expect(tellAlike(all)[0]?.summary).toBe('s0 is down; s1, s2, s3, s4, s5 and 24 more too')
})
