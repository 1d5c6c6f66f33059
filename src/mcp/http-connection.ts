import {CallFailure} from './call-failure.ts'
import type {BackendAnswer, BackendCall, BackendConnection, BackendInfo} from './connection.ts'
import {type Ask, discover, initialize} from './handshake.ts'
import {HttpCall} from './http-call.ts'
import {HttpLink, type HttpOptions} from './http-link.ts'
import {listenOnSession} from './http-listen.ts'
import {openHttpClient} from './open-http-client.ts'

/** Does the handshake with a Streamable HTTP backend, of either era. @throws CallFailure */
export async function openHttp(options: HttpOptions): Promise<BackendConnection> {
  const client = await openHttpClient({...options, origin: new URL(options.endpoint).origin})
  const link = new HttpLink(options, client)
  let nextId = 1
  const call = (request: BackendCall): Promise<BackendAnswer> => new HttpCall(link, request, nextId++).run()
  const opened = (info: BackendInfo): BackendConnection => ({
    info,
    pid: null,
    multiplexed: false,
    call,
    notify: (method, params) => link.notify(method, params),
    closed: link.closed,
    close: () => link.close(),
  })
  const startedAt = options.clock.now()
  try {
    const info = await discoverHttp(call, options)
    if (info) return opened(info)
    link.era = 'legacy'
    const rest = options.handshakeTimeoutMs - (options.clock.now() - startedAt)
    const legacy = await initialize(call, options.identity, Math.max(1, rest))
    link.negotiated = legacy.protocolVersion
    link.notify('notifications/initialized', null)
    if (link.hasSession) listenOnSession(link)
    return opened(legacy)
  } catch (error) {
    await link.close()
    throw error
  }
}

/** A legacy endpoint may answer a modern request with any HTTP error: only a broken transport ends the attempt. */
async function discoverHttp(ask: Ask, options: HttpOptions): Promise<BackendInfo | undefined> {
  try {
    return await discover(ask, options.identity, options.handshakeTimeoutMs)
  } catch (error) {
    if (error instanceof CallFailure && (error.kind === 'HttpStatus' || error.kind === 'NotMcp')) return undefined
    throw error
  }
}
