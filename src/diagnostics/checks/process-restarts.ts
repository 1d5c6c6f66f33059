import {formatDuration} from '../../shared/duration.ts'
import {type Check, notSeen, pass, warn} from '../check.ts'

const youngMs = 120_000

/** The runtime has been up for a while: one that is young may be in a loop of crashes that a service manager hides. */
export const processRestarts: Check<['process.details', 'logs.recent']> = {
  id: 'process.restarts',
  category: 'process',
  severity: 'warn',
  title: 'the runtime did not just come back from a crash',
  docs: 'the-runtime-came-back-from-a-crash',
  after: ['process.running'],
  needs: ({pid, logDir}) => [`process.details:${pid ?? ''}`, `logs.recent:${logDir ?? ''}`],
  run([details, logs]) {
    if (details.state !== 'known') return [notSeen(details, '', {causes: [{id: 'process.running'}]})]
    const {uptimeMs, pid} = details.value
    const up = formatDuration(uptimeMs)
    const panics = logs.state === 'known' ? (logs.value.errors?.panics ?? 0) : 0
    if (uptimeMs > youngMs || panics === 0) return [pass(String(pid), `the runtime has been up for ${up}`)]
    return [
      warn(String(pid), `the runtime came back from a crash: up for ${up} only`, {
        evidence: [`${panics} PANIC in error.log of the last minutes`],
        remedy: 'read the backtrace in error.log; journalctl -u only1mcp tells how often it was restarted',
      }),
    ]
  },
}
