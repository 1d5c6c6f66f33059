import type {IncomingMessage} from 'node:http'
import type {Envelope} from '../mcp/envelope.ts'
import {parseObject} from '../mcp/handshake.ts'
import {type Era, metaKey} from '../mcp/protocol.ts'
import {findValue, stringAt} from '../mcp/splice.ts'
import {type ClientProfile, clientProfile} from './client-profile.ts'

/** What a client without a session can be asked: a modern one says so with each request. */
export function profileOf(body: Buffer, message: Envelope, era: Era): ClientProfile {
  const span =
    era === 'modern' && message.params ? findValue(body, message.params, ['_meta', metaKey.clientCapabilities]) : null
  return clientProfile(span === null ? {} : parseObject(body.subarray(span.start, span.end)))
}

/** The level of log messages that a modern request asks for. */
export function logLevelOf(body: Buffer, message: Envelope): string | null {
  const span = message.params && findValue(body, message.params, ['_meta', metaKey.logLevel])
  return span !== null && body[span.start] === 0x22 ? stringAt(body, span) : null
}

/** The `Mcp-Param-…` headers, lower case. */
export function paramHeaders({headers}: IncomingMessage): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name in headers) {
    const value = headers[name]
    if (name.startsWith('mcp-param-') && typeof value === 'string') found[name] = value
  }
  return found
}
