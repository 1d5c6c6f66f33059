import {type Check, type CheckResult, fail, notSeen, pass, skip, warn} from '../check.ts'
import type {MutualAnswer, MutualTls} from '../facts/backends.ts'
import {dialable, formatHostPort} from '../host-port.ts'
import {afterRuntime} from './told-by-runtime.ts'

/** Clients without a certificate are refused, those with a good one are let in (the guide's mTLS configuration). */
export const tlsMutual: Check<['tls.mutual']> = {
  id: 'tls.mutual',
  category: 'auth',
  severity: 'fail',
  title: 'clients without a certificate are refused, those with a good one are not',
  docs: 'client-certificates-do-not-work',
  after: [...afterRuntime, 'tls.client_ca', 'tls.listener'],
  needs: ({outline, server}) => {
    const host = dialable(outline?.listen.host ?? server.host)
    return [`tls.mutual:${formatHostPort({host, port: outline?.tls?.port ?? 0})}|${outline?.tls?.clientCa ?? ''}`]
  },
  run([mutual], {outline}) {
    const tls = outline?.tls
    if (!tls?.clientCa) return [skip('', 'no certificates of clients are asked for (server.tls.client_ca)')]
    const subject = `port ${tls.port}`
    const causes = ['tls.listener', 'tls.client_ca', 'process.running'].map(id => ({id}))
    if (mutual.state !== 'known') return [notSeen(mutual, subject, {causes})]
    const others = outline?.authMethods.filter(method => method !== 'mtls') ?? []
    return judge(mutual.value, subject, outline?.authMethods.includes('mtls') === true, others, tls.clientCa)
  },
}

function judge(
  seen: MutualTls,
  subject: string,
  proves: boolean,
  others: readonly string[],
  ca: string,
): CheckResult[] {
  if (letIn(seen.without))
    return [
      fail(subject, `client certificates do not work: without one the answer is ${seen.without.status}`, {
        evidence: [`asked on ${subject} with no certificate and no key`],
        remedy: 'set auth.enabled and auth.mtls.enabled to true, then only1mcp restart',
      }),
    ]
  if (unclear(seen.without))
    return [skip(subject, `without a certificate the answer is ${seen.without.status}: that tells nothing`)]
  const refusal = `without one: ${saidOf(seen.without)}`
  if (seen.with === null)
    return [
      pass(subject, 'clients without a certificate are refused; none is at hand to try with', {
        evidence: [refusal, 'ONLY1MCP_CLIENT_CERT and ONLY1MCP_CLIENT_KEY name one to try with'],
      }),
    ]
  const {certificate} = seen.with
  const remedy = `only1mcp auth cert ${certificate} --ca ${ca}`
  const evidence = [refusal, `with ${certificate}: ${saidOf(seen.with)}`]
  if (seen.with.refused !== null)
    return [
      fail(subject, `client certificates do not work: a good one is refused: ${seen.with.refused}`, {evidence, remedy}),
    ]
  if (proves && !letIn(seen.with) && !unclear(seen.with))
    return [
      warn(subject, `the certificate ${certificate} passes the handshake, but is not let in (${seen.with.status})`, {
        evidence,
        remedy: `see which names auth.mtls lets in; ${remedy}`,
      }),
    ]
  const also = !proves && others.length > 0 ? `; ${others.join(', ')} stand behind it` : ''
  return [pass(subject, `clients without a certificate are refused, ${certificate} is let in${also}`, {evidence})]
}

/** The gate refuses with these. */
function letIn({refused, status}: MutualAnswer): boolean {
  return refused === null && status !== 401 && status !== 403 && !unclear({refused, status, ms: 0})
}

/** It has other worries than who we are. */
function unclear({refused, status}: MutualAnswer): boolean {
  return refused === null && (status === null || status === 429 || status >= 500)
}

function saidOf({refused, status, ms}: MutualAnswer): string {
  return `${refused ?? `HTTP ${status}`} (${ms} ms)`
}
