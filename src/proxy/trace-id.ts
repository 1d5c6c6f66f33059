import {randomBytes} from 'node:crypto'
import type {IncomingMessage} from 'node:http'

/**
 * The trace that a request belongs to: `X-Trace-ID`, else the trace id of a W3C `traceparent`, else one of ours (32 hex
 * digits, so that it can be handed on as a W3C trace id).
 */
export function createTraceIds(): (request: IncomingMessage) => string {
  const prefix = randomBytes(8).toString('hex')
  let counter = 0
  return request => {
    const own = request.headers['x-trace-id']
    if (typeof own === 'string' && /^[\x21-\x7e]{1,128}$/.test(own)) return own
    const parent = request.headers.traceparent
    const match =
      typeof parent === 'string' ? /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(parent) : null
    if (match?.[1] !== undefined && !/^0+$/.test(match[1])) return match[1]
    return prefix + (++counter).toString(16).padStart(16, '0')
  }
}
