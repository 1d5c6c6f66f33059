import {type Check, type CheckResult, fail, notSeen, pass, warn} from '../check.ts'
import type {Fact} from '../fact.ts'
import {formatHostPort} from '../host-port.ts'
import {endpointsOf, noServers} from './per-server.ts'
import {shortList} from './short-list.ts'

const soonDays = 14

/** Every https endpoint shows a certificate that a client takes (the guide's "Certificate issues"). */
export const networkTls: Check<readonly 'tls.handshake'[]> = {
  id: 'network.tls',
  category: 'network',
  severity: 'fail',
  title: 'the certificate of every https endpoint is good',
  docs: 'the-certificate-of-an-endpoint-is-refused',
  after: ['network.dns', 'network.connect', 'host.clock'],
  needs: context =>
    endpointsOf(context)
      .filter(({secure}) => secure)
      .map(server => `tls.handshake:${formatHostPort(server)}` as const),
  run(facts, context) {
    const servers = endpointsOf(context).filter(({secure}) => secure)
    if (servers.length === 0) return [noServers(context, 'with an https endpoint')]
    const bad = servers.flatMap((server, index) => resultOf(server.id, formatHostPort(server), facts[index]))
    return bad.length > 0 ? shortList(bad) : [pass('', `the certificates of ${servers.length} endpoints are good`)]
  },
}

function resultOf(id: string, address: string, tls: Fact<'tls.handshake'> | undefined): CheckResult[] {
  if (tls === undefined) return []
  if (tls.state !== 'known') {
    const causes = [
      {id: 'network.connect', subject: id},
      {id: 'network.dns', subject: id},
    ]
    return [notSeen(tls, id, {causes})]
  }
  const {refusal, subject, issuer, names, notAfter, daysLeft, protocol} = tls.value
  const evidence = [
    `${protocol ?? 'no TLS'}; certificate of ${subject ?? 'nobody'}, issued by ${issuer ?? 'nobody'}`,
    ...(names === null ? [] : [`good for ${names}`]),
    ...(notAfter === null ? [] : [`valid until ${notAfter}`]),
  ]
  const look = `openssl s_client -connect ${address} </dev/null | openssl x509 -noout -text`
  if (refusal !== null && protocol === null && subject === null) {
    return [
      fail(id, `${id}: ${address} cannot be reached over TLS: ${refusal}`, {
        remedy: `see what it speaks: curl -v http://${address}; if that answers, write http:// in endpoint of ${id}, or have it speak TLS`,
      }),
    ]
  }
  if (refusal !== null) {
    return [
      fail(id, `${id}: the certificate of ${address} is refused: ${refusal}`, {
        evidence,
        remedy: `${look}; a CA of your own goes into servers[].auth.tls.ca or NODE_EXTRA_CA_CERTS`,
      }),
    ]
  }
  if (daysLeft !== null && daysLeft < soonDays)
    return [
      warn(id, `${id}: the certificate of ${address} ends in ${daysLeft} days`, {evidence, remedy: 'have it renewed'}),
    ]
  return []
}
