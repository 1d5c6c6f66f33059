import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'

/** Arguments of a tool from the command line. @throws AppError `BAD_ARGS` */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  let why = 'they are no JSON object'
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return {...value}
  } catch (error) {
    why = messageOf(error)
  }
  throw new AppError('BAD_ARGS', `the arguments of the tool cannot be used: ${why}`, {
    fix: `Write them as one JSON object, in quotes: --args '{"path": "/tmp"}'`,
    exitCode: exitCode.usage,
  })
}
