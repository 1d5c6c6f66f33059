import {formatBytes} from '../../shared/bytes.ts'
import {percentile, type SparseBuckets} from '../../shared/latency-buckets.ts'
import type {RequestRow, SafeSnapshot, ServerRow} from '../store/data.ts'
import {formatClock, formatCount, formatLatency, formatRate, formatShare} from '../text/figures.ts'
import {fitText, type StyledLine, span, wrapText} from '../text/line.ts'
import {sparkline} from '../text/spark.ts'
import {blank, heading} from './fields.ts'
import {isBroken, statusRole, statusText, whyBroken} from './status.ts'
import type {DocumentView, ViewContext} from './view.ts'

const maxRecentErrors = 8
const maxServerLines = 6
/** The newest requests that are looked through for failures. */
const lookedThrough = 2000
const labelWidth = 10

/** The state of the runtime on one page: what is broken first, then traffic, latency, servers, recent errors. */
export const overviewView: DocumentView = {
  kind: 'document',
  id: 'overview',
  title: 'Overview',
  lines(context, cols) {
    const {snapshot} = context.data
    if (snapshot === undefined) return [[span(`waiting for ${context.data.label} …`, 'dim')]]
    const alerts = alertLines(context, snapshot, cols)
    return [
      ...alerts,
      ...(alerts.length > 0 && cols >= 60 ? [blank] : []),
      ...trafficLines(context, snapshot, cols),
      ...processLines(context, snapshot),
      blank,
      heading(serversHeading(context.data.servers)),
      ...serverLines(context, cols),
      blank,
      heading('Recent errors'),
      ...recentErrorLines(context),
    ]
  },
}

/** What an operator has to know before anything else. */
function alertLines({data, glyphs, today}: ViewContext, snapshot: SafeSnapshot, cols: number): StyledLine[] {
  const alert = (text: string): StyledLine[] =>
    wrapText(text, Math.max(10, cols - 2), 2).map((part, index) => [
      span(`${index === 0 ? glyphs.alert : ' '} ${part}`, 'bad'),
    ])
  const alerts: StyledLine[] = []
  if (snapshot.state !== 'running') alerts.push(...alert(`the runtime is ${snapshot.state}`))
  for (const server of data.servers.filter(isBroken)) {
    alerts.push(
      ...alert(`${server.id} ${server.status} since ${formatClock(server.since, today)}  ${whyBroken(server)}`),
    )
  }
  if (snapshot.process.loopLagMs > 100) {
    alerts.push(
      ...alert(`the runtime's event loop lags ${formatLatency(snapshot.process.loopLagMs)}: it is overloaded`),
    )
  }
  return alerts
}

function trafficLines({data, glyphs}: ViewContext, {requests}: SafeSnapshot, cols: number): StyledLine[] {
  const sparkWidth = Math.max(8, Math.min(60, cols - 56))
  const last = data.trend.at(-1)
  const rate = (perSecond: number): string => fitText(`${formatRate(perSecond)}/s`, 8, glyphs.cut)
  const spark = (values: readonly number[]): string => (cols < 50 ? '' : `${sparkline(values, sparkWidth, glyphs)}  `)
  const errorsRole = (last?.errorsPerSecond ?? 0) > 0 ? 'bad' : 'plain'
  return [
    [
      label('requests'),
      span(rate(last?.requestsPerSecond ?? 0), 'strong'),
      span(spark(data.trend.map(point => point.requestsPerSecond)), 'accent'),
      span(`${formatCount(requests.closed)} done, ${requests.inFlight} in flight`),
    ],
    [
      label('errors'),
      span(rate(last?.errorsPerSecond ?? 0), errorsRole),
      span(spark(data.trend.map(point => point.errorsPerSecond)), 'bad'),
      span(`${formatCount(requests.errors)} failed, ${formatShare(requests.errors, requests.closed)}`),
    ],
    latencyLine('latency', data.recentLatency, 'last minute'),
    latencyLine('', requests.latency, 'since the start'),
  ]
}

function latencyLine(name: string, latency: SparseBuckets, over: string): StyledLine {
  const value = (fraction: number): string => formatLatency(percentile(latency, fraction)).padEnd(7)
  return [
    label(name),
    ...[50, 95, 99].flatMap(p => [span(`p${p} `, 'dim'), span(value(p / 100), 'strong')]),
    span(` ${over}`, 'dim'),
  ]
}

function processLines({data, today}: ViewContext, snapshot: SafeSnapshot): StyledLine[] {
  const {process, listen} = snapshot
  const cpu = Math.round((data.trend.at(-1)?.cpuShare ?? 0) * 100)
  return [
    [
      label('runtime'),
      span(
        `${snapshot.state} since ${formatClock(snapshot.startedAt, today)}, ${listen.host}:${listen.port}, pid ${snapshot.pid}, version ${snapshot.version}`,
      ),
    ],
    [
      label('load'),
      span(
        `cpu ${cpu}%, memory ${formatBytes(process.rssBytes)}, loop lag ${formatLatency(process.loopLagMs)}, ${snapshot.sessions} sessions, ${snapshot.tools} tools`,
      ),
    ],
    [label('config'), span(`${snapshot.config.path ?? 'none'}  ${snapshot.config.sha256.slice(0, 8)}`)],
  ]
}

function serversHeading(servers: readonly ServerRow[]): string {
  const enabled = servers.filter(server => server.status !== 'disabled')
  return `Servers: ${enabled.filter(server => server.status === 'up').length} of ${enabled.length} up`
}

/** Broken ones first, with their reason in the alert above; here their state in a row. */
function serverLines({data, glyphs}: ViewContext, cols: number): StyledLine[] {
  const width = Math.max(...data.servers.map(server => server.id.length), 4) + 16
  const perLine = Math.max(1, Math.floor(cols / Math.min(width, Math.max(20, cols))))
  const sorted = [...data.servers.filter(isBroken), ...data.servers.filter(server => !isBroken(server))]
  const lines: StyledLine[] = []
  for (let i = 0; i < sorted.length; i += perLine) {
    lines.push(
      sorted
        .slice(i, i + perLine)
        .flatMap(server => [
          span(`${server.id}  `.padEnd(width - 14), 'plain'),
          span(statusText(server.status, glyphs).padEnd(14), statusRole(server.status)),
        ]),
    )
  }
  if (lines.length === 0) return [[span('no server is configured', 'dim')]]
  const left = sorted.length - maxServerLines * perLine
  return left > 0 ? [...lines.slice(0, maxServerLines), [span(`and ${left} more, see Servers`, 'dim')]] : lines
}

/** What failed lately, newest first; the same failure again and again is one line with a count. */
function recentErrorLines({data, today}: ViewContext): StyledLine[] {
  const failures = new Map<string, {readonly newest: RequestRow; count: number}>()
  for (let i = data.requests.size - 1; i >= Math.max(0, data.requests.size - lookedThrough); i--) {
    const row = data.requests.at(i)
    if (row === undefined || row.outcome === 'answered') continue
    const key = `${row.serverId} ${row.blame} ${row.message ?? row.target}`
    const known = failures.get(key)
    if (known !== undefined) known.count++
    else if (failures.size < maxRecentErrors) failures.set(key, {newest: row, count: 1})
  }
  if (failures.size === 0) return [[span('none seen by this console', 'dim')]]
  return [...failures.values()].map(({newest, count}) => [
    span(`${formatClock(newest.at, today)} `, 'dim'),
    span(count > 1 ? `${count}x `.padStart(5) : '     ', 'strong'),
    span(`${newest.blame ?? newest.outcome} `, 'warn'),
    span(newest.message ?? newest.target),
  ])
}

function label(text: string): ReturnType<typeof span> {
  return span(text.padEnd(labelWidth), 'dim')
}
