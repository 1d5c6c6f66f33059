import type {LogRow} from '../store/data.ts'
import {formatClock} from '../text/figures.ts'
import {type StyledLine, span} from '../text/line.ts'
import {blank, field} from './fields.ts'
import {levelRole} from './status.ts'
import type {Column, ListView, ViewContext} from './view.ts'

const columns: readonly Column<LogRow>[] = [
  {title: 'TIME', min: 8, max: 11, priority: 3, cell: (row, {today}) => span(formatClock(row.at, today), 'dim')},
  {title: 'LEVEL', min: 5, max: 5, priority: 2, cell: row => span(row.level, levelRole(row.level))},
  {title: 'FROM', min: 10, max: 18, priority: 4, cell: row => span(from(row), 'accent')},
  {title: 'MESSAGE', min: 10, max: 500, priority: 1, cell: row => span(message(row))},
]

/** error.log and only1mcp.log as they are written, stderr of backends among them. */
export const logsView: ListView<LogRow> = {
  kind: 'list',
  id: 'logs',
  title: 'Logs',
  noun: 'log line',
  follows: true,
  count: data => data.logs.size,
  rowAt: (data, index) => data.logs.at(index),
  key: row => String(row.n),
  text: row => `${row.level} ${row.module} ${row.serverId ?? ''} ${row.requestId ?? ''} ${row.kind} ${row.message}`,
  columns,
  detail,
}

/** The backend, where the line is about one; else the module without its crate. */
function from(row: LogRow): string {
  return row.serverId ?? row.module.replace(/^only1mcp::/, '')
}

function message(row: LogRow): string {
  return row.kind === '' ? row.message : `${row.kind} ${row.message}`
}

function detail(row: LogRow, _context: ViewContext, cols: number): readonly StyledLine[] {
  return [
    [span(row.level, levelRole(row.level)), span(`  ${row.at}`, 'dim')],
    blank,
    ...field('message', message(row), cols),
    ...field('module', row.module, cols),
    ...field('server', row.serverId ?? '-', cols),
    ...field('request id', row.requestId ?? '-', cols),
  ]
}
