import {join} from 'node:path'
import {formatDuration} from '../../shared/duration.ts'
import {type Check, notSeen, pass, skip, warn} from '../check.ts'

const fewest = 50
const factor = 2
const leastMs = 250

/** Requests are as fast as the day before (the guide's slow queries, by the request log). */
export const performanceP99: Check<['requests.recent']> = {
  id: 'performance.p99',
  category: 'performance',
  severity: 'warn',
  title: 'the last 15 minutes are as fast as the day before',
  docs: 'slower-than-the-day-before',
  after: ['store.requests', 'process.event_loop', 'servers.up'],
  needs: ({stateDir}) => [`requests.recent:${stateDir === null ? '' : join(stateDir, 'requests.db')}`],
  run([requests]) {
    if (requests.state === 'absent') return [skip('', 'no request log is kept in SQLite')]
    if (requests.state !== 'known') return [notSeen(requests, '', {causes: [{id: 'store.requests'}]})]
    const {recent, before, methods} = requests.value
    const evidence = methods.map(
      ({method, p99Ms, count}) => `${method}: p99 ${formatDuration(p99Ms)} (${count} requests)`,
    )
    const [now, then] = [recent.p99Ms, before.p99Ms]
    if (now === null || then === null || recent.count < fewest || before.count < fewest)
      return [pass('', `too few requests to compare: ${recent.count} now, ${before.count} the day before`)]
    if (now < then * factor || now < leastMs)
      return [pass('', `p99 ${formatDuration(now)}, the day before ${formatDuration(then)}`, {evidence})]
    return [
      warn('', `requests are slower than the day before: p99 ${formatDuration(now)} against ${formatDuration(then)}`, {
        evidence,
        causes: [{id: 'process.event_loop'}, {id: 'servers.up'}],
        remedy: 'the slowest method comes first above; only1mcp health status shows its server',
      }),
    ]
  },
}
