import type {BackendConnection} from './connection.ts'
import {DuplexChannel} from './duplex-channel.ts'
import {initialize} from './handshake.ts'
import type {HttpOptions} from './http-link.ts'
import {openHttpClient} from './open-http-client.ts'
import {SseLink} from './sse-link.ts'

/**
 * Does the handshake with a backend of the HTTP+SSE transport (MCP 2024-11-05). Only the legacy era has it, so its era
 * is not asked for. A lost event stream ends the connection: nothing of it can be resumed.
 * @throws CallFailure
 */
export async function openSse(options: HttpOptions): Promise<BackendConnection> {
  const client = await openHttpClient({...options, origin: new URL(options.endpoint).origin})
  const link = new SseLink(options, client)
  const channel: DuplexChannel = new DuplexChannel({
    now: options.clock.now,
    events: options.events,
    request: (message, id, {timeoutMs}) => link.post(message, timeoutMs, failure => channel.fail(id, failure)),
    send: message => link.tell(message),
  })
  const startedAt = options.clock.now()
  void link.closed.then(failure => {
    if (failure) channel.end(failure)
  })
  try {
    await link.open(
      data => channel.receive(data),
      dropped => channel.tooLarge(dropped, options.maxMessageBytes),
    )
    const rest = options.handshakeTimeoutMs - (options.clock.now() - startedAt)
    const info = await initialize(call => channel.call(call), options.identity, Math.max(1, rest))
    link.negotiated = info.protocolVersion
    channel.notify('notifications/initialized', null)
    return {
      info,
      pid: null,
      multiplexed: true,
      call: call => channel.call(call),
      notify: (method, params) => channel.notify(method, params),
      closed: link.closed,
      close: () => link.close(),
    }
  } catch (error) {
    await link.close()
    throw error
  }
}
