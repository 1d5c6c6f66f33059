import {X509Certificate} from 'node:crypto'
import https from 'node:https'
import {isIP} from 'node:net'
import type {Config} from '../../config/schema.ts'
import type {Clock} from '../../shared/clock.ts'
import {errnoCode, messageOf} from '../../shared/errors.ts'
import type {MutualAnswer} from '../facts/backends.ts'
import {parseHostPort} from '../host-port.ts'
import type {Collector} from '../live-facts.ts'
import type {Place} from '../place.ts'
import type {ConfigReader} from './shared-config.ts'
import {readSmallFile} from './small-file.ts'

/** Harmless in both eras, and behind the gate: an answer to it is a way in. */
const question = JSON.stringify({jsonrpc: '2.0', id: 1, method: 'ping'})
const unreached = ['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH', 'EAI_AGAIN', 'EADDRNOTAVAIL']

/**
 * Our TLS listener from a client's side: once without a certificate, once with one where one is at hand: that of
 * `ONLY1MCP_CLIENT_CERT` and `ONLY1MCP_CLIENT_KEY`, else one of `servers[].auth.tls` that comes from the same CA.
 */
export function tlsMutual(place: Place, read: ConfigReader): Collector<'tls.mutual'> {
  return {
    kind: 'tls.mutual',
    timeoutMs: 6000,
    async collect(about, {signal, clock, facts}) {
      const cut = about.indexOf('|')
      const [address, caFile] = [about.slice(0, cut), about.slice(cut + 1)]
      if (caFile === '')
        return {state: 'absent', why: 'no certificates of clients are asked for (server.tls.client_ca)'}
      const asked = {...parseHostPort(address), signal, clock}
      const without = await ask(asked)
      if (without === undefined) return {state: 'absent', why: `${address} cannot be reached`}
      const found = await facts.get('config.found')
      const shared = found.state === 'known' ? await read(found.value.path, facts) : undefined
      const own = certificateAtHand(place, shared?.loaded.ok ? shared.loaded.config : undefined, caFile, clock.wallMs())
      const withOne = own && (await ask({...asked, identity: own}))
      return {state: 'known', value: {without, with: withOne ? {...withOne, certificate: own.path} : null}}
    },
  }
}

interface Identity {
  readonly path: string
  readonly cert: Buffer
  readonly key: Buffer
}

function certificateAtHand(
  {env}: Place,
  config: Config | undefined,
  caFile: string,
  nowMs: number,
): Identity | undefined {
  const {ONLY1MCP_CLIENT_CERT: cert, ONLY1MCP_CLIENT_KEY: key} = env
  const named = cert && key ? identityOf(cert, key) : undefined
  if (named !== undefined) return named
  const ca = readSmallFile(caFile)
  if (ca.state !== 'known') return undefined
  for (const {auth} of config?.servers ?? []) {
    const own = auth?.tls?.cert && auth.tls.key ? identityOf(auth.tls.cert, auth.tls.key) : undefined
    if (own !== undefined && comesFrom(own.cert, ca.bytes, nowMs)) return own
  }
  return undefined
}

function identityOf(path: string, keyPath: string): Identity | undefined {
  const [cert, key] = [readSmallFile(path), readSmallFile(keyPath)]
  return cert.state === 'known' && key.state === 'known' ? {path, cert: cert.bytes, key: key.bytes} : undefined
}

/** One that has expired tells nothing about the listener. */
function comesFrom(cert: Buffer, ca: Buffer, nowMs: number): boolean {
  try {
    const own = new X509Certificate(cert)
    const valid = Date.parse(own.validFrom) <= nowMs && nowMs <= Date.parse(own.validTo)
    return valid && own.checkIssued(new X509Certificate(ca))
  } catch {
    return false // no certificate: not one to show
  }
}

interface Asked {
  readonly host: string
  readonly port: number
  readonly signal: AbortSignal
  readonly clock: Clock
  readonly identity?: Identity
}

/** @returns undefined where nobody listens */
function ask({host, port, signal, clock, identity}: Asked): Promise<MutualAnswer | undefined> {
  const started = clock.now()
  return new Promise(resolve => {
    const end = (answer: Pick<MutualAnswer, 'refused' | 'status'>): void =>
      resolve({...answer, ms: Math.round(clock.now() - started)})
    const request = https.request({
      host,
      port,
      method: 'POST',
      path: '/mcp',
      agent: false,
      signal,
      // Whether its certificate is good is another check's matter.
      rejectUnauthorized: false,
      ...(isIP(host) === 0 && {servername: host}),
      ...(identity && {cert: identity.cert, key: identity.key}),
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'content-length': question.length,
      },
    })
    request.once('response', response => {
      end({refused: null, status: response.statusCode ?? null})
      response.destroy()
    })
    request.once('error', error => {
      const code = errnoCode(error) ?? ''
      if (unreached.includes(code)) resolve(undefined)
      else end({refused: wordsOf(code, error), status: null})
    })
    request.end(question)
  })
}

/** `ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED` and such. */
function wordsOf(code: string, error: Error): string {
  if (code === 'ECONNRESET' || code === 'EPIPE') return 'the connection was closed'
  const ssl = /^ERR_SSL_(.+)$/.exec(code)?.[1]
  return ssl === undefined ? messageOf(error) : ssl.toLowerCase().replaceAll('_', ' ')
}
