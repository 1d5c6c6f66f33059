import {createPrivateKey, X509Certificate} from 'node:crypto'
import {isIP} from 'node:net'
import {namesOf} from './client-certificate.ts'

export interface CertificateFacts {
  readonly subject: string
  readonly issuer: string
  readonly names: readonly string[]
  /** ISO-8601 UTC. */
  readonly notBefore: string
  readonly notAfter: string
  readonly serial: string
  readonly sha256: string
  /** `RSA 2048`, `EC prime256v1`, `ed25519`. */
  readonly key: string
  readonly ca: boolean
}

export interface CertificateCheck {
  readonly id: 'validity' | 'chain' | 'key' | 'host'
  readonly status: 'pass' | 'warn' | 'fail' | 'skip'
  readonly summary: string
}

export interface CertificateReport {
  /** As they stand in the file; the first is the one that counts. */
  readonly certificates: readonly CertificateFacts[]
  /** Whole days until the first one expires; negative when it has. */
  readonly daysLeft: number
  readonly checks: readonly CertificateCheck[]
}

export interface CertificateQuestion {
  /** PEM or DER, a chain too. */
  readonly file: Buffer
  readonly ca?: Buffer | undefined
  /** A private key, PEM. */
  readonly key?: Buffer | undefined
  /** A name or an address that clients connect to. */
  readonly host?: string | undefined
  readonly nowMs: number
}

const dayMs = 86_400_000
/** A certificate that is renewed by hand wants to be noticed before this. */
const soonDays = 14
const longestChain = 10

/** @returns undefined where the bytes hold no certificate */
export function inspectCertificate(question: CertificateQuestion): CertificateReport | undefined {
  const chain = certificatesIn(question.file)
  const [leaf] = chain
  if (leaf === undefined) return undefined
  const {nowMs} = question
  return {
    certificates: chain.map(factsOf),
    daysLeft: Math.floor((Date.parse(leaf.validTo) - nowMs) / dayMs),
    checks: [
      validity(leaf, nowMs),
      chainCheck(chain, question.ca, nowMs),
      keyCheck(leaf, question.key),
      hostCheck(leaf, question.host),
    ],
  }
}

function certificatesIn(bytes: Buffer): X509Certificate[] {
  const text = bytes.toString('latin1')
  const blocks = text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[\s\S]*?-----END (?:TRUSTED )?CERTIFICATE-----/g)
  return (blocks ?? [bytes]).slice(0, 1000).flatMap(block => {
    try {
      return [new X509Certificate(block)]
    } catch {
      return [] // not one; that there is none at all is the caller's to say
    }
  })
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  const {publicKey} = certificate
  const details = publicKey.asymmetricKeyDetails
  const size = details?.modulusLength ?? details?.namedCurve
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    names: namesOf(certificate.subject, certificate.subjectAltName),
    notBefore: isoDate(certificate.validFrom),
    notAfter: isoDate(certificate.validTo),
    serial: certificate.serialNumber,
    sha256: certificate.fingerprint256,
    key: [publicKey.asymmetricKeyType?.toUpperCase() ?? 'unknown', ...(size === undefined ? [] : [size])].join(' '),
    ca: certificate.ca,
  }
}

function validity(leaf: X509Certificate, nowMs: number): CertificateCheck {
  const [from, to] = [Date.parse(leaf.validFrom), Date.parse(leaf.validTo)]
  const days = Math.floor(Math.abs(to - nowMs) / dayMs)
  if (nowMs > to) return {id: 'validity', status: 'fail', summary: `it expired ${inDays(days)} ago, on ${day(to)}`}
  if (nowMs < from) return {id: 'validity', status: 'fail', summary: `it is not valid before ${day(from)}`}
  const summary = `it is valid for ${inDays(days)} more, until ${day(to)}`
  return {id: 'validity', status: days < soonDays ? 'warn' : 'pass', summary}
}

/** Walks from the certificate over the others of its file to a CA of the operator. */
function chainCheck(chain: readonly X509Certificate[], ca: Buffer | undefined, nowMs: number): CertificateCheck {
  const check = (status: CertificateCheck['status'], summary: string): CertificateCheck => ({
    id: 'chain',
    status,
    summary,
  })
  if (ca === undefined) return check('skip', 'no CA was named to check the chain against (--ca FILE)')
  const anchors = certificatesIn(ca)
  if (anchors.length === 0) return check('fail', 'the CA file holds no certificate')
  let [at] = chain
  for (let step = 0; at !== undefined && step < longestChain; step++) {
    const current: X509Certificate = at
    const anchor = anchors.find(each => each.fingerprint256 === current.fingerprint256 || issued(each, current))
    if (anchor !== undefined) {
      if (nowMs > Date.parse(anchor.validTo)) return check('fail', `the CA ${oneLine(anchor.subject)} has expired`)
      return check('pass', `it leads to ${oneLine(anchor.subject)}${step === 0 ? '' : ` over ${step} more`}`)
    }
    const next = chain.find(each => each !== current && issued(each, current))
    if (next === undefined) {
      const own = issued(current, current)
        ? 'it is signed by itself'
        : `its issuer ${oneLine(current.issuer)} is not there`
      return check('fail', `no CA of the file has issued it: ${own}`)
    }
    if (nowMs > Date.parse(next.validTo)) return check('fail', `${oneLine(next.subject)} in its chain has expired`)
    at = next
  }
  return check('fail', `its chain is longer than ${longestChain}`)
}

function issued(issuer: X509Certificate, subject: X509Certificate): boolean {
  try {
    return issuer.ca && subject.checkIssued(issuer) && subject.verify(issuer.publicKey)
  } catch {
    return false // a key of a kind that signs nothing
  }
}

function keyCheck(leaf: X509Certificate, key: Buffer | undefined): CertificateCheck {
  if (key === undefined) return {id: 'key', status: 'skip', summary: 'no private key was named (--key FILE)'}
  try {
    return leaf.checkPrivateKey(createPrivateKey(key))
      ? {id: 'key', status: 'pass', summary: 'the private key is its own'}
      : {id: 'key', status: 'fail', summary: 'the private key belongs to another certificate'}
  } catch {
    return {id: 'key', status: 'fail', summary: 'the key file holds no private key in PEM, or an encrypted one'}
  }
}

function hostCheck(leaf: X509Certificate, host: string | undefined): CertificateCheck {
  if (host === undefined) return {id: 'host', status: 'skip', summary: 'no host was named (--host NAME)'}
  const fits = isIP(host) === 0 ? leaf.checkHost(host) : leaf.checkIP(host)
  if (fits !== undefined) return {id: 'host', status: 'pass', summary: `it is good for ${host}`}
  const names = namesOf(leaf.subject, leaf.subjectAltName)
  return {
    id: 'host',
    status: 'fail',
    summary: `it is not good for ${host}, only for ${names.join(', ') || 'no name at all'}`,
  }
}

function oneLine(subject: string): string {
  return subject.replaceAll('\n', ', ')
}

function isoDate(text: string): string {
  return new Date(text).toISOString()
}

function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function inDays(days: number): string {
  return days === 1 ? '1 day' : `${days} days`
}
