import type {IncomingMessage} from 'node:http'
import {logField} from '../../shared/log-line.ts'
import type {OpenRequest} from '../open-request.ts'

/** What a proxy in front of us adds: behind one, a loopback address says nothing of the client. */
const forwardingHeaders = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'] as const

/**
 * Whether this client gets detail of its request (`X-Debug: true`): one that has shown who it is, or, where nobody has
 * to, one on this machine.
 */
export function mayDebug(request: IncomingMessage, principal: string, authIsOn: boolean): boolean {
  const wanted = request.headers['x-debug']
  if (typeof wanted !== 'string' || !/^(true|1|yes)$/i.test(wanted)) return false
  if (principal !== 'anonymous') return true
  const address = request.socket.remoteAddress ?? ''
  const local = address === '::1' || /^(::ffff:)?127\./.test(address)
  return !authIsOn && local && forwardingHeaders.every(name => request.headers[name] === undefined)
}

/** The value of `X-Debug-Info`: what was done with a request, without anything that it held. */
export function debugInfo(request: OpenRequest, nowMs: number): string {
  const {requestId, serverId, serverMs, cache, outcome, kind, blame, code, startedAt} = request
  const parts = {
    request_id: requestId,
    server: serverId === null ? '-' : logField(serverId, 128),
    cache: cache ?? '-',
    outcome,
    server_ms: serverMs === null ? undefined : serverMs.toFixed(3),
    ms: (nowMs - startedAt).toFixed(3),
    kind: kind ?? undefined,
    blame: blame ?? undefined,
    code: code ?? undefined,
  }
  return Object.entries(parts)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
    .join('; ')
}
