import {type Check, type CheckResult, fail, notSeen, pass} from '../check.ts'
import type {Fact} from '../fact.ts'
import {formatHostPort} from '../host-port.ts'
import {endpointsOf, noServers} from './per-server.ts'
import {shortList} from './short-list.ts'

const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there, or a firewall says so',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'packets are dropped on the way, or the host is off',
}

/** Every endpoint accepts a connection. */
export const networkConnect: Check<readonly 'tcp.dial'[]> = {
  id: 'network.connect',
  category: 'network',
  severity: 'fail',
  title: 'every endpoint accepts connections',
  docs: 'does-not-accept-connections',
  after: ['network.dns'],
  needs: context => endpointsOf(context).map(server => `tcp.dial:${formatHostPort(server)}` as const),
  run(facts, context) {
    const servers = endpointsOf(context)
    if (servers.length === 0) return [noServers(context, 'with an endpoint')]
    const bad = servers.flatMap((server, index) => resultOf(server.id, formatHostPort(server), facts[index]))
    return bad.length > 0 ? shortList(bad) : [pass('', `${servers.length} endpoints accept connections`)]
  },
}

function resultOf(id: string, address: string, dial: Fact<'tcp.dial'> | undefined): CheckResult[] {
  const causes = [{id: 'network.dns', subject: id}]
  if (dial === undefined || (dial.state === 'known' && dial.value.open)) return []
  if (dial.state !== 'known' && dial.state !== 'timeout') return [notSeen(dial, id, {causes})]
  const code = dial.state === 'known' ? (dial.value.code ?? 'failed') : 'ETIMEDOUT'
  return [
    fail(id, `${id}: ${address} does not accept connections (${code})`, {
      evidence: [meanings[code] ?? 'the system says no more'],
      causes,
      remedy: `see from this machine: nc -vz ${address.replace(/:(\d+)$/, ' $1')}; start the server, or correct its endpoint`,
    }),
  ]
}
