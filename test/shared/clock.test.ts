import {expect, it} from 'vitest'
import {systemClock} from '../../src/shared/clock.ts'

it('the system clock has wall time, and a monotonic time that goes on', async () => {
  expect(Math.abs(systemClock.wallMs() - Date.now())).toBeLessThan(1000)
  const before = systemClock.now()
  await new Promise(resolve => setTimeout(resolve, 5))
  expect(systemClock.now() - before).toBeGreaterThan(3)
})
