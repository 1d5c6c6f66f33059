import {createInterface} from 'node:readline'

/** Whether somebody sits there: the question goes to stderr, the answer comes from stdin. */
export function canAsk(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

/** Asks at the terminal. @returns null where the answer was ^C, ^D or the end of the terminal */
export async function askLine(question: string): Promise<string | null> {
  const line = createInterface({input: process.stdin, output: process.stderr})
  try {
    return await new Promise(resolve => {
      line.once('close', () => {
        process.stderr.write('\n') // the question has no end of its own
        resolve(null)
      })
      line.question(question, answer => {
        line.removeAllListeners('close')
        resolve(answer)
      })
    })
  } finally {
    line.close()
  }
}

/** @returns null where no answer was given */
export async function askYesOrNo(question: string): Promise<boolean | null> {
  const answer = await askLine(`${question} [y/N] `)
  return answer === null ? null : /^y(es)?$/i.test(answer.trim())
}
