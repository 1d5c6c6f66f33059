import {expect, it} from 'vitest'
import {fitName} from '../../src/cli/fit-name.ts'
import {textWidth} from '../../src/tui/text/width.ts'
import fc from '../helpers/properties.ts'

it('keeps both ends', () => {
  expect(fitName('github', 6, '…')).toBe('github')
  expect(fitName('payments-eu-1', 7, '…')).toBe('pay…u-1')
  expect(fitName('서버서버서버', 7, '…')).toBe('서…버')
  expect(fitName('github', 2, '…')).toBe('gi')
})

it('is never wider than it may be', () => {
  const name = fc.string({unit: fc.constantFrom('a', '-', '서', '😀', 'é', 'e\u0301'), maxLength: 40})
  fc.assert(
    fc.property(name, fc.integer({min: 0, max: 50}), (text, width) => {
      expect(textWidth(fitName(text, width, '…'))).toBeLessThanOrEqual(width)
    }),
  )
})
