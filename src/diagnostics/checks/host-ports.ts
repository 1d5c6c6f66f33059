import {type Check, fail, notSeen, pass, warn} from '../check.ts'

const warnShare = 0.8
const failShare = 0.95

/** Ports are left for outgoing connections. */
export const hostPorts: Check<['host.sockets']> = {
  id: 'host.ports',
  category: 'host',
  severity: 'fail',
  title: 'ephemeral ports are left for outgoing connections',
  docs: 'nearly-all-ephemeral-ports-are-in-use',
  after: [],
  needs: ({pid}) => [`host.sockets:${pid ?? ''}`],
  run([sockets]) {
    if (sockets.state !== 'known') return [notSeen(sockets, '')]
    const {ephemeral, states} = sockets.value
    const total = ephemeral.high - ephemeral.low + 1
    const text = `${ephemeral.used} of ${total} (${ephemeral.low}-${ephemeral.high})`
    if (ephemeral.used / total < warnShare) return [pass('', `ephemeral ports in use: ${text}`)]
    const say = ephemeral.used / total >= failShare ? fail : warn
    return [
      say('', `nearly all ephemeral ports are in use: ${text}`, {
        evidence: [
          Object.entries(states)
            .map(([state, count]) => `${count} ${state}`)
            .join(', '),
        ],
        remedy:
          "ss -tan | awk '{print $4}' | sort | uniq -c | sort -rn | head shows who; or widen net.ipv4.ip_local_port_range",
      }),
    ]
  },
}
