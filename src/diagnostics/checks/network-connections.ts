import {type Check, notSeen, pass, skip, warn} from '../check.ts'

const mostCloseWait = 50
const mostTimeWait = 10_000
const mostHalfOpen = 200

/** Connections are closed on both sides (the guide's `ss -tan`, "Find connection leaks"). */
export const networkConnections: Check<['host.sockets']> = {
  id: 'network.connections',
  category: 'network',
  severity: 'warn',
  title: 'the runtime leaks no connections',
  docs: 'connections-pile-up',
  after: ['process.running'],
  needs: ({pid}) => [`host.sockets:${pid ?? ''}`],
  run([sockets], {pid}) {
    if (sockets.state !== 'known') return [notSeen(sockets, '')]
    const {states, ofProcess} = sockets.value
    if (pid !== null && ofProcess === null)
      return [
        skip(String(pid), 'connections of the runtime are not for this user to see', {remedy: 'run this as root'}),
      ]
    const {CLOSE_WAIT = 0, SYN_SENT = 0} = ofProcess ?? {}
    const {TIME_WAIT = 0, SYN_RECV = 0} = states
    const piles = [
      ...(CLOSE_WAIT > mostCloseWait
        ? [`${CLOSE_WAIT} CLOSE_WAIT of the runtime: the other side is gone, and it does not let go`]
        : []),
      ...(SYN_SENT > mostHalfOpen ? [`${SYN_SENT} SYN_SENT of the runtime: somebody does not answer`] : []),
      ...(TIME_WAIT > mostTimeWait
        ? [`${TIME_WAIT} TIME_WAIT on this host: connections are made anew for each request`]
        : []),
      ...(SYN_RECV > mostHalfOpen ? [`${SYN_RECV} SYN_RECV on this host: a flood, or a lost way back`] : []),
    ]
    const text = Object.entries(ofProcess ?? states)
      .map(([state, count]) => `${count} ${state}`)
      .join(', ')
    const [first] = piles
    if (first === undefined) return [pass(String(pid ?? ''), `connections: ${text || 'none'}`)]
    return [
      warn(String(pid ?? ''), `connections pile up: ${first}`, {
        evidence: [...piles.slice(1), text],
        remedy: pid === null ? 'ss -tanp' : `ss -tanp | grep pid=${pid},`,
      }),
    ]
  },
}
