import {type Check, type CheckResult, fail, notSeen, pass, warn} from '../check.ts'
import type {Fact} from '../fact.ts'
import {endpointsOf, noServers} from './per-server.ts'
import {shortList} from './short-list.ts'
import {tellAlike} from './tell-alike.ts'

const slowMs = 1000

/** The hosts of all endpoints resolve (the guide's `nslookup`, `dig`). */
export const networkDns: Check<readonly 'net.dns'[]> = {
  id: 'network.dns',
  category: 'network',
  severity: 'fail',
  title: 'the host of every endpoint resolves',
  docs: 'does-not-resolve',
  after: ['config.found', 'config.valid'],
  needs: context => endpointsOf(context).map(({host}) => `net.dns:${host}` as const),
  run(facts, context) {
    const servers = endpointsOf(context)
    if (servers.length === 0) return [noServers(context, 'with an endpoint')]
    const bad = servers.flatMap(({id, host}, index) => resultOf(id, host, facts[index]))
    return bad.length > 0 ? shortList(tellAlike(bad)) : [pass('', `the hosts of ${servers.length} endpoints resolve`)]
  },
}

function resultOf(id: string, host: string, dns: Fact<'net.dns'> | undefined): CheckResult[] {
  if (dns === undefined) return []
  if (dns.state !== 'known') return [notSeen(dns, id)]
  const {addresses, code, ms} = dns.value
  if (code !== null || addresses.length === 0) {
    return [
      fail(id, `${id}: ${host} does not resolve (${code ?? 'no address'})`, {
        alike: host,
        evidence: [code === 'EAI_AGAIN' ? 'the DNS server did not answer' : 'DNS and /etc/hosts have no such name'],
        remedy: `getent hosts ${host}; look at /etc/resolv.conf, or correct the endpoint of ${id}`,
      }),
    ]
  }
  return ms > slowMs
    ? [
        warn(id, `${id}: ${host} resolves, but only after ${ms} ms`, {
          remedy: 'look at /etc/resolv.conf: its first server may be gone',
        }),
      ]
    : []
}
