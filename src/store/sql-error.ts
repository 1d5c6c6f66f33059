import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'

/**
 * A database's complaint about a query, with the place in the text that the operator wrote.
 * @param offset where the database says that it is, from 0; looked for by its words otherwise
 */
export function sqlError(error: unknown, sql: string, offset?: number): AppError {
  const message = messageOf(error)
  const at = offset ?? placeOfWord(message, sql)
  const before = at === undefined ? undefined : sql.slice(0, at)
  const line = before?.split('\n').length
  const column = before === undefined ? undefined : before.length - before.lastIndexOf('\n')
  const place = line === undefined ? '' : `line ${line}, column ${column}: `
  return new AppError('SQL_FAILED', place + message, {exitCode: exitCode.usage, cause: error})
}

function placeOfWord(message: string, sql: string): number | undefined {
  const word = /near "([\s\S]+?)": syntax|no such (?:column|table|function|collation sequence): (\S+)/.exec(message)
  const [, near, name] = word ?? []
  const text = near ?? name?.split('.').at(-1)
  if (text === undefined) return message === 'incomplete input' ? sql.length : undefined
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  const edge = /^\w/.test(text) ? '\\b' : ''
  return new RegExp(edge + escaped, 'i').exec(sql)?.index
}
