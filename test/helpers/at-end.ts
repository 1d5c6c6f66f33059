import {afterAll, onTestFinished, TestRunner} from 'vitest'

type Cleanup = () => void | Promise<void>

const atFileEnd: Cleanup[] = []
/** What is made now is for the whole file, though a test makes it. */
let forWholeFile = false

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
  if (forWholeFile || TestRunner.getCurrentTest() === undefined) atFileEnd.push(cleanup)
  else onTestFinished(cleanup)
}

/**
 * What is dear to start and can serve all tests of a file, one after the other: made when the first test asks for it, so
 * that where it cannot be made the tests are skipped; kept until the file's tests have ended.
 */
export function oncePerFile<T>(make: () => Promise<T>): () => Promise<T> {
  let made: T | undefined
  return async () => {
    if (made !== undefined) return made
    forWholeFile = true
    try {
      made = await make()
    } finally {
      forWholeFile = false
    }
    return made
  }
}
