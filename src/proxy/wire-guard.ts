import type {IncomingMessage} from 'node:http'
import {isIP} from 'node:net'

export interface WireGuardOptions {
  /** The address we listen on. */
  readonly listenHost: string
  readonly allowedHosts: readonly string[]
  readonly allowedOrigins: readonly string[]
}

/** What is wrong with a request before its body is read. */
export interface WireFault {
  readonly status: number
  readonly kind: string
  readonly message: string
}

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * Refuses what a browser on another site could send to a loopback port (DNS rebinding, MCP transports "Security
 * Warning"): a Host that is not ours, an Origin that is not allowed, and requests whose Host is ambiguous.
 */
export function createWireGuard(options: WireGuardOptions): (request: IncomingMessage) => WireFault | undefined {
  const hosts = new Set([...loopbackNames, ...options.allowedHosts.map(normalHost)])
  const wildcard = options.listenHost === '0.0.0.0' || options.listenHost === '::'
  if (!wildcard) hosts.add(normalHost(isIP(options.listenHost) === 6 ? `[${options.listenHost}]` : options.listenHost))
  const origins = new Set(options.allowedOrigins.map(origin => origin.toLowerCase().replace(/\/$/, '')))
  const knownHosts = new Map<string, boolean>()

  /** Behind a wildcard address any literal address is ours: rebinding needs a name. */
  function hostAllowed(header: string): boolean {
    const known = knownHosts.get(header)
    if (known !== undefined) return known
    const host = hostOf(header)
    const literal = host !== undefined && isIP(host.replace(/^\[|\]$/g, '')) !== 0
    const allowed = host !== undefined && (hosts.has(host) || (wildcard && literal))
    if (knownHosts.size < 256) knownHosts.set(header, allowed)
    return allowed
  }

  return request => {
    const {host, origin} = request.headers
    if (!request.url?.startsWith('/')) return fault(400, 'BadTarget', 'the request target must be a path')
    if (countHosts(request.rawHeaders) > 1) return fault(400, 'DuplicateHost', 'more than one Host header')
    const framing = framingFault(request)
    if (framing) return framing
    if (host === undefined || !hostAllowed(host)) {
      return fault(
        403,
        'HostRefused',
        `Host ${host ?? '(none)'} is not served here; server.allowed_hosts lists further names`,
      )
    }
    if (origin !== undefined && !originAllowed(origin, origins)) {
      return fault(
        403,
        'OriginRefused',
        `Origin ${origin} is not allowed; server.allowed_origins lists further origins`,
      )
    }
    return undefined
  }
}

/** Node's parser takes more than we can read: other versions, codings before `chunked`, compressed bodies. */
function framingFault({headers, httpVersionMajor, httpVersionMinor}: IncomingMessage): WireFault | undefined {
  if (httpVersionMajor !== 1) return fault(505, 'BadVersion', 'only HTTP/1.0 and HTTP/1.1 are spoken here')
  const transfer = headers['transfer-encoding']
  if (transfer !== undefined && transfer.toLowerCase() !== 'chunked')
    return fault(501, 'BadTransferCoding', 'chunked is the only transfer coding that is read')
  // RFC 9112, 6.1: an intermediary of that version may have passed the body on with another end.
  if (transfer !== undefined && httpVersionMinor === 0)
    return fault(400, 'BadTransferCoding', 'HTTP/1.0 has no transfer codings')
  const content = headers['content-encoding']
  if (content !== undefined && content.toLowerCase() !== 'identity')
    return fault(415, 'BadContentCoding', 'request bodies are read uncompressed only')
  return undefined
}

function originAllowed(origin: string, allowed: ReadonlySet<string>): boolean {
  if (allowed.has(origin.toLowerCase())) return true
  const match = /^https?:\/\/([^/?#@\s]+)$/i.exec(origin)
  const host = match?.[1] === undefined ? undefined : hostOf(match[1])
  return host !== undefined && loopbackNames.has(host)
}

/** The host of `host[:port]`, lower case; undefined when it is malformed. */
function hostOf(authority: string): string | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i.exec(authority)
  if (match?.[1] === undefined || Number(match[2] ?? 0) > 65_535) return undefined
  return normalHost(match[1])
}

function normalHost(host: string): string {
  return host.toLowerCase().replace(/\.$/, '')
}

function countHosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.length === 4 && rawHeaders[i]?.toLowerCase() === 'host') count++
  return count
}

function fault(status: number, kind: string, message: string): WireFault {
  return {status, kind, message}
}
