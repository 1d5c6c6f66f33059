import {type Check, pass, warn} from '../check.ts'
import {shortList} from './short-list.ts'
import {afterRuntime, snapshotOf, untold} from './told-by-runtime.ts'

const most = 10

/** Calls do not wait for their turn. */
export const performanceQueue: Check<['control.snapshot']> = {
  id: 'performance.queue',
  category: 'performance',
  severity: 'warn',
  title: 'no calls queue up in front of a server',
  docs: 'calls-wait-for-their-turn',
  after: [...afterRuntime, 'servers.up'],
  needs: ({socket}) => [`control.snapshot:${socket ?? ''}`],
  run([control]) {
    const snapshot = snapshotOf(control)
    if (snapshot === null) return [untold('queues')]
    const waiting = snapshot.servers.filter(({queued}) => (queued ?? 0) >= most)
    if (waiting.length === 0) return [pass('', `${snapshot.requests.inFlight} requests in flight, hardly any waits`)]
    return shortList(
      waiting.map(({id, queued, inFlight}) =>
        warn(id, `calls wait for their turn: ${queued} for ${id}`, {
          evidence: [`${inFlight} are on their way to it`],
          causes: [{id: 'servers.up', subject: id}],
          remedy: `add a replica to its group, or raise proxy.connection_pool.max_per_backend if ${id} can take more`,
        }),
      ),
    )
  },
}
