import {expect, test} from 'vitest'
import {wrap} from '../../src/diagnostics/wrap.ts'
import fc from '../helpers/properties.ts'

test('breaks at spaces, and never inside a word', () => {
  expect(wrap('one two three four five', 20)).toEqual(['one two three four', 'five'])
  expect(wrap('see /a/path/that/is/longer/than/the/line now', 20)).toEqual([
    'see',
    '/a/path/that/is/longer/than/the/line',
    'now',
  ])
})

test('loses and adds nothing, whatever the text and width', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^\S+$/), {minLength: 1}),
      fc.integer({min: -5, max: 200}),
      (words, width) => {
        const text = words.join(' ')
        expect(wrap(text, width).join(' ')).toBe(text)
      },
    ),
  )
})
