import {join} from 'node:path'
import type {LogQuery, LogRecord} from '../control/source.ts'
import {parseLogLine} from '../logs/parse-line.ts'
import {tailFile} from '../logs/tail-file.ts'
import {AppError} from '../shared/errors.ts'
import {logValue} from '../shared/log-line.ts'

/** What is read of each file: a few hundred lines and more. */
const tailBytes = 256 * 1024

/**
 * The newest lines of `error.log` and `only1mcp.log` in the order of their time. No line stands in two of them.
 * @throws AppError `LOGS_UNREADABLE` when a file is there and cannot be read
 */
export function newestLogs(logFolder: string, query: LogQuery): LogRecord[] {
  const records = ['error.log', 'only1mcp.log'].flatMap(name => recordsOf(join(logFolder, name)))
  const wanted =
    query.contains === undefined ? records : records.filter(({message}) => message.includes(query.contains ?? ''))
  // A stable sort: lines of one millisecond keep the order of their file.
  return wanted.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)).slice(-query.limit)
}

function recordsOf(path: string): LogRecord[] {
  const tail = tailFile(path, tailBytes)
  if (tail.state === 'absent') return [] // nothing was written yet
  if (tail.state !== 'known') throw new AppError('LOGS_UNREADABLE', tail.why)
  return tail.lines.flatMap((line): LogRecord[] => {
    const parsed = parseLogLine(line)
    if (parsed?.type !== 'error') return []
    const {at, level, module, requestId, kind, message, pairs} = parsed
    const rest = Object.entries(pairs).map(([key, value]) => ` ${key}=${logValue(value)}`)
    return [
      {at, level, module, requestId, serverId: pairs.server_id ?? null, message: `${kind} ${message}${rest.join('')}`},
    ]
  })
}
