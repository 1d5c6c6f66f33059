import type {RuntimeRecord} from '../../control/runtime-file.ts'
import {CallFailure} from '../../mcp/call-failure.ts'
import type {BackendConnection} from '../../mcp/connection.ts'
import {defaultPool} from '../../mcp/http-client.ts'
import {openHttp} from '../../mcp/http-connection.ts'
import type {Clock} from '../../shared/clock.ts'
import {failureOf} from '../collect/probe-backend.ts'
import {dialable, formatHostPort} from '../host-port.ts'
import {type ListenerFiles, listenerIdentity} from './listener-identity.ts'
import {type Looked, lookAround, nothingAround} from './look-around.ts'
import {doctorIdentity} from './look-directly.ts'

export interface ProxiedOptions {
  readonly clock: Clock
  readonly timeoutMs: number
  readonly rounds: number
  /** An API key or token. */
  readonly key: string | undefined
  /** Where it speaks TLS alone. */
  readonly tls?: ListenerFiles | undefined
  readonly call?: {readonly name: string; readonly args: Readonly<Record<string, unknown>>} | undefined
}

/** The address of the runtime's MCP endpoint, from this machine. */
export function endpointOf({host, port, tlsPort, plain}: RuntimeRecord): string {
  const secure = plain === false
  const address = formatHostPort({host: dialable(host), port: secure ? (tlsPort ?? port) : port})
  return `${secure ? 'https' : 'http'}://${address}/mcp`
}

/** The proxy as any MCP client meets it, in the newest era that it offers. Never rejects. */
export async function lookThroughProxy(record: RuntimeRecord, options: ProxiedOptions): Promise<Looked> {
  const {clock, timeoutMs, key, tls} = options
  const started = clock.now()
  const tookMs = (): number => Math.round(clock.now() - started)
  let connection: BackendConnection | undefined
  try {
    const identity = tls && listenerIdentity(tls)
    connection = await openHttp({
      endpoint: endpointOf(record),
      headers: key === undefined ? {} : {authorization: `Bearer ${key}`},
      ...(identity && {tls: () => identity}),
      identity: doctorIdentity,
      clock,
      handshakeTimeoutMs: timeoutMs,
      connectTimeoutMs: Math.min(4000, timeoutMs),
      maxMessageBytes: 64 * 1024 * 1024,
      pool: {...defaultPool, maxConnections: 2},
      events: {
        onRequest: async () => ({kind: 'error', value: Buffer.from('{"code":-32601,"message":"not served"}')}),
        onNotification: () => {},
        onOddity: () => {},
      },
    })
    const openMs = tookMs()
    const leftMs = Math.max(500, timeoutMs - openMs)
    const around = await lookAround(connection, {...options, identity: doctorIdentity, leftMs})
    const {era, protocolVersion, implementation} = connection.info
    const named = implementation && `${implementation.name} ${implementation.version}`
    const how = {ok: true, step: 'done', failure: null, era, protocolVersion, implementation: named} as const
    return {...how, openMs, stderrTail: [], ...around}
  } catch (error) {
    const step = error instanceof CallFailure && error.kind !== 'TransportFailed' ? 'handshake' : 'connect'
    const how = {ok: false, step, era: null, protocolVersion: null, implementation: null} as const
    return {...how, failure: failureOf(error), openMs: tookMs(), stderrTail: [], ...nothingAround}
  } finally {
    await connection?.close(500)
  }
}
