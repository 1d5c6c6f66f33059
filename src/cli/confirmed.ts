import {createInterface} from 'node:readline/promises'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {printNote} from './output.ts'

/**
 * Whether the operator wants it: `--yes`, or `y` at a terminal. Nothing is done, and the exit status is 1, after any
 * other answer.
 * @throws AppError `NOT_CONFIRMED` where nobody can be asked
 */
export async function confirmed(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) {
    throw new AppError('NOT_CONFIRMED', `${question} Nobody is there to answer`, {
      fix: 'Add --yes to do it without being asked.',
      exitCode: exitCode.usage,
    })
  }
  const asking = createInterface({input: process.stdin, output: process.stderr})
  try {
    const answer = await asking.question(`${safeText(question)} [y/N] `)
    if (/^y(es)?$/i.test(answer.trim())) return true
  } finally {
    asking.close()
  }
  printNote('nothing was done')
  process.exitCode = exitCode.findings
  return false
}
