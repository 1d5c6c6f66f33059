import {type Check, type CheckContext, pass, warn} from '../check.ts'
import {formatHostPort, isLoopback} from '../host-port.ts'
import {endpointsOf, noServers} from './per-server.ts'
import {shortList} from './short-list.ts'

const slowMs = 300

/** The way to each endpoint is short (the guide's `traceroute`). */
export const networkLatency: Check<readonly 'tcp.dial'[]> = {
  id: 'network.latency',
  category: 'network',
  severity: 'warn',
  title: 'connections to endpoints are made quickly',
  docs: 'the-way-to-an-endpoint-is-long',
  after: ['network.connect'],
  needs: context => distant(context).map(server => `tcp.dial:${formatHostPort(server)}` as const),
  run(facts, context) {
    const servers = distant(context)
    if (servers.length === 0) return [noServers(context, 'with an endpoint on another machine')]
    const times = servers.flatMap((server, index) => {
      const dial = facts[index]
      return dial?.state === 'known' && dial.value.open ? [{...server, ms: dial.value.ms}] : []
    })
    const slow = times.filter(({ms}) => ms > slowMs)
    const longest = Math.max(0, ...times.map(({ms}) => ms))
    if (slow.length === 0) return [pass('', `connections took ${longest} ms at most (${times.length} endpoints)`)]
    return shortList(
      slow.map(({id, host, ms}) =>
        warn(id, `${id}: the way to ${host} is long: ${ms} ms for a connection`, {
          evidence: ['each new connection costs that, and TLS twice as much again'],
          remedy: `traceroute ${host}; proxy.connection_pool.min_idle keeps connections ready`,
        }),
      ),
    )
  },
}

/** Within one machine there is no way: what takes long there is a processor that is busy, with us among others. */
function distant(context: CheckContext): ReturnType<typeof endpointsOf> {
  return endpointsOf(context).filter(({host}) => !isLoopback(host))
}
