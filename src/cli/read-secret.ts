import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'

const maxBytes = 64 * 1024

/**
 * One secret on stdin, without the line break at its end. Never from the command line, where everybody on the host reads
 * it.
 * @throws AppError `NO_SECRET`
 */
export async function readSecret(what: string): Promise<string> {
  const {stdin} = process
  if (stdin.isTTY) process.stderr.write(`paste ${what}, then Enter and Ctrl-D:\n`)
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > maxBytes)
      throw new AppError('NO_SECRET', `${what} on stdin is longer than ${maxBytes} bytes`, {exitCode: exitCode.usage})
    chunks.push(chunk)
  }
  const text = Buffer.concat(chunks).toString('utf8').trim()
  if (text !== '') return text
  throw new AppError('NO_SECRET', `stdin is empty: ${what} was expected there`, {exitCode: exitCode.usage})
}
