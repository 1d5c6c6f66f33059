import {type Check, pass, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

/** Every log line was written. */
export const logsLost: Check<['control.snapshot']> = {
  id: 'logs.lost',
  category: 'logs',
  severity: 'warn',
  title: 'no log line was lost',
  docs: 'log-lines-were-lost',
  after: [...afterRuntime, 'host.disk', 'logs.writable'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('lost log lines')]
    const lost = snapshot.logging?.linesLost ?? 0
    const {logs} = snapshot.paths
    if (lost === 0) return [pass(logs, 'no log line was lost')]
    return [
      warn(logs, `log lines were lost: ${lost} since the start`, {
        evidence: ['the disk was full or too slow; requests went on'],
        causes: [{id: 'host.disk'}, {id: 'logs.writable'}],
        remedy: `df -h ${logs}; grep LogLinesLost ${logs}/error.log tells when`,
      }),
    ]
  },
}
