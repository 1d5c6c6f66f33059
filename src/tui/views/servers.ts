import {percentile} from '../../shared/latency-buckets.ts'
import type {ServerRow} from '../store/data.ts'
import {formatClock, formatCount, formatLatency, formatShare} from '../text/figures.ts'
import {type StyledLine, span} from '../text/line.ts'
import {blank, field, heading} from './fields.ts'
import {stateRole, stateText, whyBroken} from './status.ts'
import type {Column, ListView, ViewContext} from './view.ts'

const columns: readonly Column<ServerRow>[] = [
  {title: 'ID', min: 14, max: 18, priority: 1, cell: row => span(row.id, 'strong')},
  {title: 'KIND', min: 5, max: 5, priority: 9, cell: row => span(row.transport, 'dim')},
  {
    title: 'STATUS',
    min: 12,
    max: 12,
    priority: 2,
    cell: (row, {glyphs}) => span(stateText(row, glyphs), stateRole(row)),
  },
  {title: 'SINCE', min: 8, max: 11, priority: 6, cell: (row, {today}) => span(formatClock(row.since, today))},
  {title: 'RST', min: 3, max: 4, priority: 5, align: 'right', cell: row => span(String(row.restarts))},
  {title: 'TOOLS', min: 5, max: 5, priority: 10, align: 'right', cell: row => span(String(row.tools))},
  {title: 'INFL', min: 4, max: 4, priority: 11, align: 'right', cell: row => span(String(row.inFlight))},
  {title: 'REQS', min: 5, max: 8, priority: 4, align: 'right', cell: row => span(formatCount(row.requests))},
  {
    title: 'ERR%',
    min: 5,
    max: 5,
    priority: 3,
    align: 'right',
    cell: row => span(formatShare(row.errors, row.requests), row.errors > 0 ? 'warn' : 'plain'),
  },
  {title: 'P50', min: 6, max: 6, priority: 8, align: 'right', cell: row => span(latency(row, 0.5))},
  {title: 'P99', min: 6, max: 6, priority: 4, align: 'right', cell: row => span(latency(row, 0.99))},
  {
    title: 'LAST ERROR',
    min: 16,
    max: 200,
    priority: 7,
    cell: row => span(row.lastError?.message ?? '', row.status === 'up' ? 'dim' : 'bad'),
  },
]

/** Every backend with its health; the guide's "Backend health" at a glance. */
export const serversView: ListView<ServerRow> = {
  kind: 'list',
  id: 'servers',
  title: 'Servers',
  noun: 'server',
  follows: false,
  count: data => data.servers.length,
  rowAt: (data, index) => data.servers[index],
  key: row => row.id,
  text: row => `${row.id} ${row.name} ${row.transport} ${row.status} ${row.target} ${row.lastError?.message ?? ''}`,
  columns,
  detail,
}

function detail(row: ServerRow, context: ViewContext, cols: number): readonly StyledLine[] {
  const {glyphs, today} = context
  const p = (fraction: number): string => latency(row, fraction)
  return [
    [
      span(row.id, 'strong'),
      span('  '),
      span(stateText(row, glyphs), stateRole(row)),
      span(` since ${formatClock(row.since, today)}`, 'dim'),
    ],
    blank,
    ...(row.lastError === null
      ? field('last error', 'none', cols)
      : [
          ...field('last error', whyBroken(row), cols, row.status === 'up' ? 'warn' : 'bad'),
          ...field('', `at ${row.lastError.at}, the fault of: ${row.lastError.blame}`, cols),
        ]),
    ...(row.nextStartAt === null ? [] : field('next start', formatClock(row.nextStartAt, today), cols, 'warn')),
    ...field('name', row.name, cols),
    ...field(row.transport === 'stdio' ? 'command' : 'endpoint', row.target, cols),
    ...field(
      'transport',
      `${row.transport}${row.pid === null ? '' : `, pid ${row.pid}`}, ${row.restarts} restarts`,
      cols,
    ),
    ...field('speaks', `${row.implementation ?? 'unknown'}, MCP ${row.protocolVersion ?? 'unknown'}`, cols),
    ...field('tools', `${row.tools} (prefix ${row.prefix === '' ? 'none' : row.prefix})`, cols),
    ...field(
      'requests',
      `${formatCount(row.requests)}, ${row.inFlight} in flight, ${row.errors} failed (${formatShare(row.errors, row.requests)})`,
      cols,
    ),
    ...breakerFields(row, cols, today),
    ...field('latency', `p50 ${p(0.5)}  p95 ${p(0.95)}  p99 ${p(0.99)} since the start`, cols),
    blank,
    heading('stderr, newest last'),
    ...(row.stderrTail.length === 0
      ? [[span('nothing was written', 'dim')]]
      : row.stderrTail.flatMap(text => field('', text, cols))),
  ]
}

function breakerFields(
  {breaker, probe, group, id, role}: ServerRow,
  cols: number,
  today: string,
): readonly StyledLine[] {
  const state = breaker && `${breaker.state.replace('_', '-')}, ${breaker.failures} failures in a row`
  const again = breaker?.retryAt ? `, tried again ${formatClock(breaker.retryAt, today)}` : ''
  const asked =
    probe && `${probe.ok ? 'answered' : probe.error} ${formatClock(probe.at, today)}, ${probe.failures} failed`
  const member = group !== undefined && (group !== id || role === 'fallback') ? `${role} of ${group}` : undefined
  return [
    ...(member === undefined ? [] : field('group', member, cols)),
    ...(state === undefined ? [] : field('breaker', state + again, cols, breaker?.state === 'open' ? 'bad' : 'plain')),
    ...(asked === undefined ? [] : field('probe', asked, cols, probe?.healthy ? 'plain' : 'bad')),
  ]
}

function latency(row: ServerRow, fraction: number): string {
  return formatLatency(percentile(row.latency, fraction))
}
