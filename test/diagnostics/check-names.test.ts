import {expect, test} from 'vitest'
import {checkNames} from '../../src/diagnostics/check-names.ts'

test('an area is said once, wherever its checks stand, and each check is named once', () => {
  expect(checkNames(['host.memory', 'host.disk', 'port.owner', 'host.clock', 'host.disk'])).toBe(
    'host.memory .disk .clock port.owner',
  )
  expect(checkNames([])).toBe('')
})
