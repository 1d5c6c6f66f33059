import {type Check, type CheckResult, fail, notSeen, pass} from '../check.ts'
import type {Fact} from '../fact.ts'
import {formatHostPort} from '../host-port.ts'
import {endpointsOf, noServers} from './per-server.ts'
import {shortList} from './short-list.ts'
import {tellAlike} from './tell-alike.ts'

type Seen = Fact<'tcp.dial' | 'host.listeners'>
type Listeners = Extract<Fact<'host.listeners'>, {state: 'known'}>['value']
type Endpoint = ReturnType<typeof endpointsOf>[number]

const meanings: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there, or a firewall says so',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'packets are dropped on the way, or the host is off',
}

/** Every endpoint accepts a connection. */
export const networkConnect: Check<readonly ('tcp.dial' | 'host.listeners')[]> = {
  id: 'network.connect',
  category: 'network',
  severity: 'fail',
  title: 'every endpoint accepts connections',
  docs: 'does-not-accept-connections',
  after: ['network.dns'],
  needs: context => [
    ...endpointsOf(context).map(server => `tcp.dial:${formatHostPort(server)}` as const),
    'host.listeners',
  ],
  run(facts, context) {
    const servers = endpointsOf(context)
    if (servers.length === 0) return [noServers(context, 'with an endpoint')]
    const listeners = facts.flatMap(fact => (isListeners(fact) && fact.state === 'known' ? fact.value : []))
    const dials = facts.filter(isDial)
    const bad = servers.flatMap((server, index) => resultOf(server, dials[index], listeners))
    return bad.length > 0 ? shortList(tellAlike(bad)) : [pass('', `${servers.length} endpoints accept connections`)]
  },
}

function resultOf(server: Endpoint, dial: Fact<'tcp.dial'> | undefined, listeners: Listeners): CheckResult[] {
  const {id} = server
  const address = formatHostPort(server)
  const causes = [{id: 'network.dns', subject: id}]
  if (dial === undefined || (dial.state === 'known' && dial.value.open)) return []
  if (dial.state !== 'known' && dial.state !== 'timeout') return [notSeen(dial, id, {causes})]
  const code = dial.state === 'known' ? (dial.value.code ?? 'failed') : 'ETIMEDOUT'
  const elsewhere = isHere(server) ? listeners.find(({port}) => port === server.port) : undefined
  const summary = `${id}: ${address} does not accept connections (${code})`
  if (elsewhere !== undefined) return [besides(summary, server, elsewhere)]
  return [
    fail(id, summary, {
      alike: address,
      evidence: [meanings[code] ?? 'the system says no more'],
      causes,
      remedy: `see from this machine: nc -vz ${address.replace(/:(\d+)$/, ' $1')}; start the server, or correct its endpoint`,
    }),
  ]
}

/** The port is right, and another address of this machine has it: `localhost` is often the wrong one of two. */
function besides(summary: string, {id, host, port}: Endpoint, {address, user}: Listeners[number]): CheckResult {
  const place = formatHostPort({host: address, port})
  return fail(id, `${summary}: a program of user ${user} listens on ${place} only`, {
    alike: place,
    remedy: `write ${place} in endpoint of ${id}, or have the server listen on ${host} too`,
  })
}

function isHere({host}: Endpoint): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}

function isDial(fact: Seen): fact is Fact<'tcp.dial'> {
  return fact.key.startsWith('tcp.dial:')
}

function isListeners(fact: Seen): fact is Fact<'host.listeners'> {
  return fact.key === 'host.listeners'
}
