import {type Check, type CheckResult, fail, notSeen, pass, skip, warn} from '../check.ts'

/** The certificate of our own TLS listener is good (the guide's `openssl x509`, `openssl verify`). */
export const tlsCertificate: Check<['tls.files']> = {
  id: 'tls.certificate',
  category: 'auth',
  severity: 'fail',
  title: 'the certificate of the TLS listener is valid and has its key',
  docs: 'our-certificate-is-not-good',
  after: ['config.valid', 'host.clock'],
  needs: ({outline}) => [`tls.files:${outline?.tls ? `${outline.tls.cert}|${outline.tls.key}` : ''}`],
  run([files], {outline}) {
    const tls = outline?.tls ?? null
    if (tls === null) return [skip('', 'no TLS listener is configured')]
    if (files.state === 'denied' || files.state === 'timeout') return [notSeen(files, tls.cert)]
    const remedy = `only1mcp auth cert ${tls.cert} --key ${tls.key}`
    if (files.state !== 'known') return [fail(tls.cert, `our certificate is not good: ${files.why}`, {remedy})]
    const [leaf] = files.value.certificates
    const evidence = leaf ? [`${leaf.subject}, issued by ${leaf.issuer}, until ${leaf.notAfter}`] : []
    const bad = files.value.checks.filter(({status}) => status === 'fail' || status === 'warn')
    if (bad.length === 0)
      return [pass(tls.cert, `our certificate is valid for ${files.value.daysLeft} more days`, {evidence})]
    return bad.map(
      ({status, summary}): CheckResult =>
        (status === 'fail' ? fail : warn)(tls.cert, `our certificate is not good: ${summary}`, {evidence, remedy}),
    )
  },
}
