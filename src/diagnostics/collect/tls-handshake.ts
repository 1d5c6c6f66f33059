import {readFileSync} from 'node:fs'
import {isIP} from 'node:net'
import tls, {type TLSSocket} from 'node:tls'
import {errnoCode, messageOf} from '../../shared/errors.ts'
import type {FactSource} from '../fact.ts'
import type {TlsHandshake} from '../facts/backends.ts'
import {parseHostPort} from '../host-port.ts'
import type {Collector} from '../live-facts.ts'
import type {ConfigReader} from './shared-config.ts'
import {trustedAuthorities} from './trusted-authorities.ts'

const dayMs = 86_400_000

/**
 * What a TLS server shows, and whether a client of ours would take it. Nothing is sent after the handshake. A server that
 * wants a client certificate may refuse later; that is its right.
 */
export function tlsHandshake(read: ConfigReader): Collector<'tls.handshake'> {
  return {
    kind: 'tls.handshake',
    timeoutMs: 4000,
    atOnce: 32,
    async collect(about, {signal, clock, facts}) {
      const {host, port} = parseHostPort(about)
      const ca = await authorities(read, facts, host)
      const started = clock.now()
      return new Promise((resolve, reject) => {
        const socket = tls.connect({
          host,
          port,
          rejectUnauthorized: false,
          ...(isIP(host) === 0 && {servername: host}),
          ...(ca && {ca}),
        })
        signal.addEventListener('abort', () => socket.destroy(), {once: true})
        socket.once('secureConnect', () => {
          const value = seen(socket, clock.wallMs(), Math.round(clock.now() - started))
          socket.destroy()
          resolve({state: 'known', value})
        })
        socket.once('error', error => {
          const code = errnoCode(error)
          if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EHOSTUNREACH' || code === 'EAI_AGAIN')
            return resolve({state: 'absent', why: `${about} cannot be reached (${code})`})
          if (code === undefined) return reject(error)
          resolve({state: 'known', value: {...nothing, refusal: wordsOf(error), ms: Math.round(clock.now() - started)}})
        })
      })
    },
  }
}

const nothing: TlsHandshake = {
  refusal: null,
  protocol: null,
  subject: null,
  issuer: null,
  names: null,
  notAfter: null,
  daysLeft: null,
  ms: 0,
}

function seen(socket: TLSSocket, wallMs: number, ms: number): TlsHandshake {
  const certificate = socket.getPeerCertificate()
  const notAfterMs = Date.parse(certificate.valid_to ?? '')
  const known = !Number.isNaN(notAfterMs)
  return {
    refusal: socket.authorized ? null : reasonOf(socket.authorizationError),
    protocol: socket.getProtocol(),
    subject: certificate.subject?.CN?.toString() ?? null,
    issuer: certificate.issuer?.CN?.toString() ?? null,
    names: certificate.subjectaltname ?? null,
    notAfter: known ? new Date(notAfterMs).toISOString() : null,
    daysLeft: known ? Math.floor((notAfterMs - wallMs) / dayMs) : null,
    ms,
  }
}

const words: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet, or the clock of this host is wrong',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'a self-signed certificate stands in its chain: its CA is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its chain is not complete, or its CA is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its CA is not known here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host',
}

/** Node gives the code itself in one case, and an error that has it in the others. */
function reasonOf(error: Error | string | null | undefined): string {
  const code = typeof error === 'string' ? error : errnoCode(error)
  const text = code === undefined ? undefined : words[code]
  return text ?? `${code ?? messageOf(error)}`
}

function wordsOf(error: Error): string {
  const code = errnoCode(error) ?? ''
  if (code === 'ECONNRESET') return 'it closed the connection during the handshake'
  if (code.includes('WRONG_VERSION_NUMBER') || code.includes('PACKET_LENGTH')) return 'it speaks no TLS'
  return code.startsWith('ERR_SSL_')
    ? code.slice('ERR_SSL_'.length).toLowerCase().replaceAll('_', ' ')
    : messageOf(error)
}

/** CAs that the configuration names for servers on this host, else those of the runtime. */
async function authorities(read: ConfigReader, facts: FactSource, host: string): Promise<Buffer[] | undefined> {
  const found = await facts.get('config.found')
  if (found.state !== 'known') return undefined
  const {loaded, variables} = await read(found.value.path, facts)
  const files = loaded.ok
    ? loaded.config.servers.flatMap(({endpoint, auth}) =>
        endpoint !== undefined && URL.canParse(endpoint) && new URL(endpoint).hostname === host && auth?.tls?.ca
          ? [auth.tls.ca]
          : [],
      )
    : []
  if (files.length > 0) return [...new Set(files)].map(file => readFileSync(file))
  const trusted = trustedAuthorities(variables)
  return trusted && [trusted]
}
