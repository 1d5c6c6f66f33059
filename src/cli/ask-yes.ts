import {askYesOrNo, canAsk} from './ask-line.ts'

/** Asks at the terminal; anything but yes is no, ^C too. @returns undefined where nobody can be asked */
export async function askYes(question: string): Promise<boolean | undefined> {
  return canAsk() ? (await askYesOrNo(question)) === true : undefined
}
