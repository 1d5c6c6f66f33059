import {type Check, pass, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const share = 0.01

/** Limits hold back only a few requests. */
export const performanceLimited: Check<['control.snapshot']> = {
  id: 'performance.limited',
  category: 'performance',
  severity: 'warn',
  title: 'rate limits hold back only a few requests',
  docs: 'rate-limits-hold-back-requests',
  after: [...afterRuntime],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('rate limits')]
    const limited = snapshot.access?.limited ?? 0
    const all = Math.max(1, snapshot.requests.closed)
    if (limited < 10 || limited / all < share) return [pass('', `${limited} requests were held back by a limit`)]
    return [
      warn('', `rate limits hold back requests: ${limited} of ${all}`, {
        evidence: ['HTTP 429 and -32004 with a time to come back'],
        remedy: "raise rate_limit, or find the client: grep ' RateLimited ' in error.log; only1mcp explain -32004",
      }),
    ]
  },
}
