import {afterAll, onTestFinished, TestRunner} from 'vitest'

type Cleanup = () => void | Promise<void>

const atFileEnd: Cleanup[] = []

afterAll(async () => {
  const failures: unknown[] = []
  for (const cleanup of atFileEnd.splice(0).reverse()) {
    try {
      await cleanup()
    } catch (error) {
      failures.push(error) // the others still have to run
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(String).join('\n'))
})

/** Runs `cleanup` when the current test ends; called from a hook such as `beforeAll`, when the file's tests have ended. */
export function atEnd(cleanup: Cleanup): void {
  if (TestRunner.getCurrentTest() === undefined) atFileEnd.push(cleanup)
  else onTestFinished(cleanup)
}
