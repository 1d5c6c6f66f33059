import type {Snapshot} from '../../control/contract/snapshot.ts'
import {type Check, fail, pass, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const fewest = 20
const warnShare = 0.05
const failShare = 0.5

/** Requests succeed. */
export const performanceErrors: Check<['control.snapshot']> = {
  id: 'performance.errors',
  category: 'performance',
  severity: 'fail',
  title: 'most requests succeed',
  docs: 'requests-fail',
  after: [...afterRuntime, 'servers.up', 'servers.errors'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('requests')]
    const {closed} = snapshot.requests
    const errors = Math.max(0, snapshot.requests.errors - turnedAway(snapshot))
    const text = `${errors} of ${closed} since the start`
    if (closed < fewest || errors / closed < warnShare) return [pass('', `failed requests: ${text}`)]
    const say = errors / closed >= failShare ? fail : warn
    return [
      say('', `requests fail: ${text}`, {
        evidence: snapshot.servers
          .filter(server => server.errors > 0)
          .sort((a, b) => b.errors - a.errors)
          .slice(0, 5)
          .map(({id, errors, requests}) => `${id}: ${errors} of ${requests}`),
        causes: [{id: 'servers.up'}, {id: 'servers.errors'}],
        remedy: 'only1mcp doctor servers.up logs.recent_errors',
      }),
    ]
  },
}

/** Clients without rights or over a limit: auth.refused and performance.limited tell of them. */
function turnedAway({access}: Snapshot): number {
  const failures = Object.values(access?.failures ?? {}).reduce((sum, count) => sum + count, 0)
  return failures + (access?.limited ?? 0)
}
