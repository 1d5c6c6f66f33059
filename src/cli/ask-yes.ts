import {createInterface} from 'node:readline/promises'

/** Asks at the terminal; anything but yes is no. @returns undefined where nobody can be asked */
export async function askYes(question: string): Promise<boolean | undefined> {
  if (process.stdin.isTTY !== true || process.stderr.isTTY !== true) return undefined
  const line = createInterface({input: process.stdin, output: process.stderr})
  try {
    return /^y(es)?$/i.test((await line.question(`${question} [y/N] `)).trim())
  } finally {
    line.close()
  }
}
