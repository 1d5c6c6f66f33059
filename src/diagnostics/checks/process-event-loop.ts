import {formatDuration} from '../../shared/duration.ts'
import {type Check, fail, pass, warn} from '../check.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const warnMs = 100
const failMs = 1000

/** The runtime is not busy with one thing while all else waits. */
export const processEventLoop: Check<['control.snapshot']> = {
  id: 'process.event_loop',
  category: 'process',
  severity: 'fail',
  title: 'the event loop of the runtime is not late',
  docs: 'the-event-loop-is-late',
  after: [...afterRuntime],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('the event loop')]
    const {loopLagMs} = snapshot.process
    const late = formatDuration(loopLagMs)
    if (loopLagMs < warnMs) return [pass('', `timers of the runtime run ${late} late at most`)]
    const say = loopLagMs >= failMs ? fail : warn
    return [
      say('', `the event loop is late: ${late} (99th percentile of the last seconds)`, {
        evidence: [
          `${snapshot.requests.inFlight} requests in flight, ${snapshot.process.cpuMs} ms of CPU since the start`,
        ],
        remedy: 'only1mcp profile cpu --seconds 10 --output profile.pb.gz shows what it does',
      }),
    ]
  },
}
