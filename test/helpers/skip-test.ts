import {TestRunner} from 'vitest'

/** Ends the current test as skipped, and says why in the report. */
export function skipTest(reason: string): never {
  const test = TestRunner.getCurrentTest()
  if (test === undefined) throw new Error(`only a test can be skipped (${reason})`)
  return test.context.skip(`skipped: ${reason}`)
}
