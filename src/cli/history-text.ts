import {formatDuration} from '../shared/duration.ts'
import {safeText} from '../shared/safe-text.ts'
import {verdictOfLook} from '../store/health-history.ts'
import type {Glyphs} from '../tui/text/glyphs.ts'
import {cutText, textWidth} from '../tui/text/width.ts'
import {asciiText, fittedTable, type TableLook} from './fitted-table.ts'
import type {HealthHistoryDocument} from './health-history.ts'
import {type Look, latencyBars, upDownBars} from './health-spark.ts'
import {usualColumns} from './output-columns.ts'

/** Cells that are drawn at most, and what stands beside them. */
const mostCells = 60
const besideCells = 20
const rowsShown = 20

export interface HistoryLook extends TableLook {
  /** Signs of the bars: those of the locale, on a terminal or not. */
  readonly bars: Glyphs
}

/** In words, as bars over time, and the newest failures. Lines are no longer than the terminal. */
export function historyText(history: HealthHistoryDocument, look: HistoryLook): string {
  const {since, until, checks, failures, latency, rows, server} = history
  const spanMs = Date.parse(until) - Date.parse(since)
  const who = shown(server, look)
  if (checks === 0) return `${who}: nothing was seen of it in the last ${formatDuration(spanMs)}`
  const share = ((100 * failures) / checks).toFixed(failures === 0 ? 0 : 1)
  const looks = checks === 1 ? 'look' : 'looks'
  const head = [`${who}: ${checks} ${looks} in the last ${formatDuration(spanMs)}, ${failures} bad (${share} %)`]
  if (latency !== null) head.push(`latency p50 ${latency.p50} ms, p99 ${latency.p99} ms, longest ${latency.max} ms`)
  else if (rows.every(({latencyMs}) => latencyMs === null))
    head.push('only changes of its status are known; with health_check it is asked')
  const bad = rows.filter(row => verdictOfLook(row) === 'bad')
  const drawn = chart(history, look)
  if (bad.length === 0) return [...head, '', ...drawn].join('\n')
  const newest = bad.slice(-rowsShown).reverse()
  const told = fittedTable(
    [
      {title: 'TIME', priority: 1},
      {title: 'STATUS', priority: 2},
      {title: 'ERROR', priority: 3, min: 10},
    ],
    newest.map(({timestamp, status, error}) => [timestamp, status, error ?? '-']),
    look,
  )
  const more = bad.length > newest.length ? [`${look.glyphs.cut} and ${bad.length - newest.length} earlier ones`] : []
  return [...head, '', ...drawn, '', ...told, ...more].join('\n')
}

/** Two lines of bars over one of times, all as wide. */
function chart(history: HealthHistoryDocument, {cols, bars}: HistoryLook): string[] {
  const cells = Math.max(10, Math.min(mostCells, (cols ?? usualColumns) - besideCells))
  const [from, to] = [Date.parse(history.since), Date.parse(history.until)]
  const slots = timeSlots(history, cells)
  const longest = Math.max(0, ...slots.map(({ms}) => ms ?? 0))
  const [first, last] = [clock(from, to - from), clock(to, to - from)]
  const middle = `one cell is ${formatDuration((to - from) / cells)}`
  const free = cells - first.length - last.length
  const axis =
    free >= middle.length + 4
      ? `${first}${middle.padStart(Math.floor((free + middle.length) / 2)).padEnd(free)}${last}`
      : first
  return [
    `latency  ${latencyBars(slots, bars)}${longest === 0 ? '' : `  to ${formatDuration(longest)}`}`.trimEnd(),
    `up/down  ${upDownBars(slots, bars)}`,
    `         ${axis} UTC`,
    `         ${bars.down} bad, if only once in that time; ${bars.dot} nobody looked`,
  ]
}

/** The longest latency of each stretch of time; one bad look makes it bad. */
function timeSlots({since, until, rows}: HealthHistoryDocument, cells: number): Look[] {
  const [from, to] = [Date.parse(since), Date.parse(until)]
  const slots: {ok: boolean | undefined; ms: number | null}[] = Array.from({length: cells}, () => ({
    ok: undefined,
    ms: null,
  }))
  for (const {timestamp, ok, status, latencyMs} of rows) {
    if (verdictOfLook({ok, status}) === null) continue
    const at = Math.floor(((Date.parse(timestamp) - from) / (to - from)) * cells)
    // What is written while we read is as new as the newest; a time that is none belongs nowhere.
    const slot = slots[Math.min(cells - 1, at)]
    if (slot === undefined) continue
    slot.ok = ok && slot.ok !== false
    if (ok && latencyMs !== null) slot.ms = Math.max(slot.ms ?? 0, latencyMs)
  }
  return slots
}

/** `22:46:05`, without seconds and with the date where a day or more is drawn. */
function clock(ms: number, spanMs: number): string {
  const iso = new Date(ms).toISOString()
  return spanMs < 86_400_000 ? iso.slice(11, 19) : `${iso.slice(5, 10)} ${iso.slice(11, 16)}`
}

function shown(text: string, {cols, glyphs}: TableLook): string {
  const safe = safeText(text, {max: 200, ascii: glyphs.ascii})
  const fit = glyphs.ascii ? asciiText(safe) : safe
  const most = Math.max(10, (cols ?? Number.POSITIVE_INFINITY) - 45)
  return textWidth(fit) <= most ? fit : `${cutText(fit, most - 1)}${glyphs.cut}`
}
