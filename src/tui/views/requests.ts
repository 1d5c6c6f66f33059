import type {RequestRow} from '../store/data.ts'
import {formatClock, formatLatency} from '../text/figures.ts'
import {type Role, type StyledLine, span} from '../text/line.ts'
import {blank, field} from './fields.ts'
import type {Column, ListView, ViewContext} from './view.ts'

const columns: readonly Column<RequestRow>[] = [
  {title: 'TIME', min: 8, max: 11, priority: 4, cell: (row, {today}) => span(formatClock(row.at, today), 'dim')},
  {
    title: 'TARGET',
    min: 28,
    max: 44,
    priority: 1,
    cell: row => span(row.target.replace(/^tools\/call:/, ''), 'strong'),
  },
  {title: 'SERVER', min: 8, max: 14, priority: 6, cell: row => span(row.serverId ?? '-')},
  {title: 'HTTP', min: 4, max: 4, priority: 8, align: 'right', cell: row => span(String(row.status), statusRole(row))},
  {title: 'TOOK', min: 7, max: 7, priority: 3, align: 'right', cell: row => span(formatLatency(row.durationMs))},
  {title: 'OUTCOME', min: 9, max: 9, priority: 2, cell: row => span(row.outcome, statusRole(row))},
  {title: 'BLAME', min: 8, max: 15, priority: 5, cell: row => span(row.blame ?? '', 'warn')},
  {title: 'MESSAGE', min: 20, max: 200, priority: 9, cell: row => span(row.message ?? '', 'dim')},
]

/** The newest requests, as they end. */
export const requestsView: ListView<RequestRow> = {
  kind: 'list',
  id: 'requests',
  title: 'Requests',
  noun: 'request',
  follows: true,
  count: data => data.requests.size,
  rowAt: (data, index) => data.requests.at(index),
  key: row => String(row.n),
  text: row =>
    `${row.target} ${row.serverId ?? ''} ${row.status} ${row.outcome} ${row.blame ?? ''} ${row.requestId} ${row.traceId} ${row.message ?? ''}`,
  columns,
  detail,
}

function statusRole(row: RequestRow): Role {
  if (row.outcome === 'answered' && row.status < 400) return 'good'
  return row.outcome === 'cancelled' ? 'warn' : 'bad'
}

function detail(row: RequestRow, _context: ViewContext, cols: number): readonly StyledLine[] {
  return [
    [span(row.target, 'strong'), span('  '), span(row.outcome, statusRole(row))],
    blank,
    ...(row.message === null ? [] : field('message', row.message, cols, 'bad')),
    ...(row.blame === null ? [] : field('blame', row.blame, cols, 'warn')),
    ...field('time', row.at, cols),
    ...field('server', row.serverId ?? 'none took it', cols),
    ...field('took', formatLatency(row.durationMs), cols),
    ...field('status', `HTTP ${row.status}${row.code === null ? '' : `, JSON-RPC error ${row.code}`}`, cols),
    ...field('size', `${row.responseBytes} bytes`, cols),
    ...field('request id', row.requestId, cols),
    ...field('trace id', row.traceId, cols),
    ...field('client', `${row.client}, ${row.httpMethod}`, cols),
    ...field('instance', row.instance, cols),
  ]
}
