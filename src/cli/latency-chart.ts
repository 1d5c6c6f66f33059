import {bucketMidMs, percentile, type SparseBuckets} from '../shared/latency-buckets.ts'
import type {Paint} from './style.ts'

export interface ChartOptions {
  readonly width: number
  /** The locale is not UTF-8. */
  readonly ascii: boolean
  readonly paint: Paint
}

const mostRows = 14
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** Latencies as a histogram of bars, a row a stretch of time, and the percentiles above it. No line is wider than `width`. */
export function latencyChart(latency: SparseBuckets, options: ChartOptions): readonly string[] {
  if (latency.length === 0) return []
  const {paint} = options
  const rows = rowsOf(latency)
  const most = Math.max(...rows.map(({count}) => count))
  const total = rows.reduce((sum, {count}) => sum + count, 0)
  const labels = rows.map(({fromMs, toMs}) => [shown(fromMs), shown(toMs)] as const)
  const left = Math.max(...labels.map(([from]) => from.length))
  const right = Math.max(...labels.map(([, to]) => to.length))
  const counts = Math.max(...rows.map(({count}) => String(count).length))
  const room = Math.max(
    4,
    Math.min(60, options.width - left - right - counts - ' -  ms  '.length - ' 100.0 %'.length - 2),
  )
  return rows.map(({count}, i) => {
    const [from = '', to = ''] = labels[i] ?? []
    const drawn = bar(count / most, room, options.ascii)
    const share = ((100 * count) / total).toFixed(1).padStart(5)
    return `${from.padStart(left)} - ${to.padStart(right)} ms  ${paint('good', drawn)}${' '.repeat(room - drawn.length)} ${String(count).padStart(counts)} ${share} %`
  })
}

/** `p50 1.2 ms  p90 2.0 ms …` */
export function percentileLine(latency: SparseBuckets, maxMs: number): string {
  const at = ([50, 90, 95, 99, 99.9] as const).map(p => `p${p} ${shown(percentile(latency, p / 100) ?? 0)}`)
  return `${at.join('  ')}  max ${shown(maxMs)}  (ms)`
}

interface Row {
  readonly fromMs: number
  readonly toMs: number
  count: number
}

/** Stretches that each double or so, from the least to the most, so that a long tail has rows as well. */
function rowsOf(latency: SparseBuckets): Row[] {
  const mids = latency.map(([bucket]) => bucketMidMs(bucket))
  const [least = 0, top = 0] = [mids[0], mids.at(-1)]
  const edges = edgesBetween(least, top)
  const rows: Row[] = edges.slice(0, -1).map((fromMs, i) => ({fromMs, toMs: edges[i + 1] ?? fromMs, count: 0}))
  for (const [bucket, count] of latency) {
    const ms = bucketMidMs(bucket)
    const row = rows.findLast(({fromMs}) => fromMs <= ms) ?? rows[0]
    if (row) row.count += count
  }
  return rows
}

/** Round numbers, fine where the spread is small: 1, 1.5, 2, 3, 5, 7 and so on; 1, 2, 5; or 1, 10. */
function edgesBetween(least: number, top: number): number[] {
  for (const steps of [[1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8], [1, 1.5, 2, 3, 5, 7], [1, 2, 5], [1, 3], [1]]) {
    const edges: number[] = []
    for (let power = -3; power < 8; power++)
      for (const step of steps) edges.push(Number((step * 10 ** power).toPrecision(3)))
    const first = Math.max(
      0,
      edges.findLastIndex(edge => edge <= least),
    )
    const last = edges.findIndex(edge => edge > top)
    const used = edges.slice(first, last < 0 ? undefined : last + 1)
    if (used.length - 1 <= mostRows) return used.length > 1 ? used : [least, top + 1]
  }
  return [least, top + 1]
}

/** What holds something has a mark, however little. */
function bar(share: number, room: number, ascii: boolean): string {
  if (share === 0) return ''
  if (ascii) return '#'.repeat(Math.max(1, Math.round(share * room)))
  const parts = Math.max(1, Math.round(share * room * 8))
  return '█'.repeat(Math.floor(parts / 8)) + (eighths[parts % 8] ?? '')
}

/** Three figures. */
function shown(ms: number): string {
  if (ms >= 100) return String(Math.round(ms))
  return String(Number(ms.toPrecision(3)))
}
