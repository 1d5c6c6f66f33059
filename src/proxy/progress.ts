import {notificationMessage} from '../mcp/json-rpc.ts'
import {findValue, mayHaveMeta, setMember} from '../mcp/splice.ts'
import type {MethodCall} from './method-call.ts'

/** What a backend says during a call, on the client's stream and with the client's own progress token. */
export function notifier(
  {reply, params, context}: MethodCall,
  sent: Buffer | null,
): (method: string, params: Buffer | null) => void {
  const token = tokenOf(params ?? sent)
  const wantsLog = context.era === 'legacy' || context.logLevel !== null
  return (method, said) => {
    if (method === 'notifications/message' && !wantsLog) return
    if (method === 'notifications/progress' && token === null) return
    reply.push(notificationMessage(method, method === 'notifications/progress' ? withToken(said, token) : said))
  }
}

/** The raw bytes of the client's progress token. */
function tokenOf(params: Buffer | null): Buffer | null {
  if (params === null || !mayHaveMeta(params)) return null
  const span = findValue(params, {start: 0, end: params.length}, ['_meta', 'progressToken'])
  return span !== null ? params.subarray(span.start, span.end) : null
}

/** The client's own token in the place of the one that travelled to the backend. */
function withToken(params: Buffer | null, token: Buffer | null): Buffer | null {
  if (params === null || token === null) return params
  return setMember(params, {start: 0, end: params.length}, 'progressToken', token)
}
