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

/** A search for the word in more than this would cost more than a trace is worth. */
const longestSearched = 256 * 1024

/** `_meta.traceparent` (SEP-414); nearly no request has one, so its name is searched for before anything is read. */
export function traceParentOf(body: Buffer, message: Envelope): string | null {
  if (message.params === null || body.length > longestSearched || !body.includes('traceparent')) return null
  const span = findValue(body, message.params, ['_meta', 'traceparent'])
  return span === null ? null : stringAt(body, span)
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
