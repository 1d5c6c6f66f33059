import {formatBytes} from '../../shared/bytes.ts'
import {formatDuration} from '../../shared/duration.ts'
import {type Check, info, pass, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const mib = 1024 ** 2
/** Half an hour: what grows while caches fill is no leak. */
const fewest = 6
const mostPerHour = 16 * mib
const leastGrowth = 32 * mib

type Points = readonly (readonly [atMs: number, bytes: number])[]

/** What the heap keeps does not grow hour by hour (the guide's "Memory leak detection"). */
export const processHeapGrowth: Check<['control.snapshot']> = {
  id: 'process.heap_growth',
  category: 'process',
  severity: 'warn',
  title: 'the heap does not grow hour by hour',
  docs: 'the-heap-grows',
  after: [...afterRuntime],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('the growth of the heap')]
    const points = snapshot.process.heapLeast ?? []
    const [first, last] = [points[0], points.at(-1)]
    if (first === undefined || last === undefined || points.length < fewest)
      return [
        info('', `the heap holds ${formatBytes(snapshot.process.heapUsedBytes)}; too young to say whether it grows`),
      ]
    const slope = growth(points)
    const over = formatDuration(last[0] - first[0])
    const text = `${slope < 0 ? '-' : ''}${formatBytes(Math.abs(slope))} an hour over ${over}`
    const grown = last[1] - first[1]
    if (slope < mostPerHour || grown < leastGrowth) return [pass('', `what the heap keeps changes by ${text}`)]
    return [
      warn('', `the heap grows: ${text}`, {
        evidence: [`from ${formatBytes(first[1])} to ${formatBytes(last[1])}, the least of each five minutes`],
        remedy: 'only1mcp profile heap --output heap.pb.gz twice, an hour apart, shows what grows',
      }),
    ]
  },
}

/**
 * Theil-Sen: bytes an hour, the median of the slopes of all pairs of points, so that one burst does not move it; the
 * smaller one of the whole time and of its latter half, so that a cache that filled once is no growth.
 */
function growth(points: Points): number {
  return Math.min(medianSlope(points), medianSlope(points.slice(points.length >> 1)))
}

function medianSlope(points: Points): number {
  const slopes = points.flatMap(([fromMs, from], index) =>
    points
      .slice(index + 1)
      .flatMap(([toMs, to]) => (toMs > fromMs ? [((to - from) / (toMs - fromMs)) * 3_600_000] : [])),
  )
  slopes.sort((a, b) => a - b)
  return slopes[slopes.length >> 1] ?? 0
}
