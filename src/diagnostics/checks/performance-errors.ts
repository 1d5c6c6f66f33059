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
    const {closed, errors} = snapshot.requests
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
