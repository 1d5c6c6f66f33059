import {formatDuration} from '../../shared/duration.ts'
import {percentile} from '../../shared/latency-buckets.ts'
import {type Check, pass, warn} from '../check.ts'
import {shortList} from './short-list.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const slowMs = 5000
const fewest = 20

/** No server is slow (the guide's "High P99 latency metrics"). */
export const performanceLatency: Check<['control.snapshot']> = {
  id: 'performance.latency',
  category: 'performance',
  severity: 'warn',
  title: 'no server is slow',
  docs: 'a-server-is-slow',
  after: [...afterRuntime, 'servers.up', 'process.event_loop'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('latencies')]
    const rows = snapshot.servers
      .filter(({latency}) => latency.reduce((sum, [, count]) => sum + count, 0) >= fewest)
      .map(({id, latency}) => ({id, p50: percentile(latency, 0.5) ?? 0, p99: percentile(latency, 0.99) ?? 0}))
      .sort((a, b) => b.p99 - a.p99)
    const slow = rows.filter(({p99}) => p99 > slowMs)
    if (slow.length === 0) {
      const [first] = rows
      return [pass('', first ? `slowest: ${first.id}, p99 ${formatDuration(first.p99)}` : 'too few calls to say')]
    }
    return shortList(
      slow.map(({id, p50, p99}) =>
        warn(id, `a server is slow: ${id} with p99 ${formatDuration(p99)}`, {
          evidence: [`p50 ${formatDuration(p50)}, p99 ${formatDuration(p99)} since the start`],
          causes: [{id: 'process.event_loop'}, {id: 'servers.up', subject: id}],
          remedy: `see its own log; a replica in its group takes part of the load`,
        }),
      ),
    )
  },
}
