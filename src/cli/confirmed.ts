import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {askYesOrNo, canAsk} from './ask-line.ts'
import {printNote} from './output.ts'

/**
 * Whether the operator wants it: `--yes`, or `y` at a terminal. Nothing is done, and the exit status is 1, after any
 * other answer, and after none (^C, ^D).
 * @throws AppError `NOT_CONFIRMED` where nobody can be asked
 */
export async function confirmed(question: string, yes: boolean): Promise<boolean> {
  if (yes) return true
  if (!canAsk()) {
    throw new AppError('NOT_CONFIRMED', `${question} Nobody is there to answer`, {
      fix: 'Add --yes to do it without being asked.',
      exitCode: exitCode.usage,
    })
  }
  if (await askYesOrNo(safeText(question))) return true
  printNote('nothing was done')
  process.exitCode = exitCode.findings
  return false
}
