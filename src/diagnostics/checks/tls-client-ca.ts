import {type Check, fail, notSeen, pass, skip, warn} from '../check.ts'

/** The CA of client certificates has not expired: with it, all of them do. */
export const tlsClientCa: Check<['tls.ca']> = {
  id: 'tls.client_ca',
  category: 'auth',
  severity: 'fail',
  title: 'the CA of client certificates is valid',
  docs: 'the-ca-of-client-certificates',
  after: ['config.valid', 'host.clock'],
  needs: ({outline}) => [`tls.ca:${outline?.tls?.clientCa ?? ''}`],
  run([ca], {outline}) {
    const path = outline?.tls?.clientCa ?? null
    if (path === null) return [skip('', 'no CA of client certificates is configured')]
    if (ca.state === 'denied' || ca.state === 'timeout') return [notSeen(ca, path)]
    const remedy = `only1mcp auth cert ${path}`
    if (ca.state !== 'known') return [fail(path, `the CA of client certificates cannot be used: ${ca.why}`, {remedy})]
    const validity = ca.value.checks.find(({id}) => id === 'validity')
    if (validity?.status === 'fail')
      return [fail(path, `the CA of client certificates is not good: ${validity.summary}`, {remedy})]
    if (validity?.status === 'warn') return [warn(path, `the CA of client certificates: ${validity.summary}`, {remedy})]
    return [pass(path, `the CA of client certificates: ${validity?.summary ?? 'valid'}`)]
  },
}
