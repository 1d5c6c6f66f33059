import type {TLSSocket} from 'node:tls'

/** What a TLS client has shown of itself. */
export type ClientCertificate =
  | {readonly kind: 'none'}
  | {readonly kind: 'refused'; readonly why: string}
  | {readonly kind: 'verified'; readonly name: string; readonly names: readonly string[]}

const none: ClientCertificate = {kind: 'none'}

interface Seen {
  readonly certificate: ClientCertificate
  readonly notAfterMs: number
}

const seen = new WeakMap<TLSSocket, Seen>()

/** The certificate of a connection that asked for one; read once for each connection. */
export function clientCertificate(socket: TLSSocket, wallMs: () => number): ClientCertificate {
  let known = seen.get(socket)
  if (known === undefined) {
    known = read(socket)
    seen.set(socket, known)
  }
  // A connection may outlive the certificate that opened it.
  if (known.certificate.kind === 'verified' && wallMs() > known.notAfterMs)
    return {kind: 'refused', why: `the certificate of ${known.certificate.name} has expired since it connected`}
  return known.certificate
}

function read(socket: TLSSocket): Seen {
  const certificate = socket.getPeerX509Certificate()
  if (certificate === undefined) return {certificate: none, notAfterMs: 0}
  const names = namesOf(certificate.subject, certificate.subjectAltName)
  const notAfterMs = Date.parse(certificate.validTo)
  if (!socket.authorized) {
    const why = `${String(socket.authorizationError ?? 'it could not be verified')} (${names[0] ?? 'no name'})`
    return {certificate: {kind: 'refused', why}, notAfterMs}
  }
  const [name] = names
  if (name === undefined) return {certificate: {kind: 'refused', why: 'it holds no name'}, notAfterMs}
  return {certificate: {kind: 'verified', name, names}, notAfterMs}
}

/**
 * The names that a certificate speaks for: its common name, then its alternative names (`DNS:`, `URI:`, `email:`, `IP
 * Address:` as Node prints them). A subject with several common names is ambiguous, so none of them counts.
 */
export function namesOf(subject: string | undefined, alternative: string | undefined): string[] {
  const common = (subject ?? '').split('\n').flatMap(line => (line.startsWith('CN=') ? [line.slice(3)] : []))
  // Node quotes a name that holds a comma or a quote (CVE-2021-44532): such a one is read as a whole or not at all.
  const others = [
    ...(alternative ?? '').matchAll(/(?:^|, )(DNS|URI|email|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g),
  ].flatMap(([, kind, name]) => (name === undefined || name === '' || name.startsWith('"') ? [] : [`${kind}:${name}`]))
  const first = common.length === 1 && common[0] !== undefined && common[0] !== '' ? [common[0]] : []
  return [...first, ...others]
}
