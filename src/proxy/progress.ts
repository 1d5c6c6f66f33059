import {notificationMessage} from '../mcp/json-rpc.ts'
import {progressTokenOf} from '../mcp/progress-token.ts'
import {setMember} from '../mcp/splice.ts'
import {reachesLevel} from './mcp-log-levels.ts'
import type {MethodCall} from './method-call.ts'

/** What a backend says during a call, on the client's stream and with the client's own progress token. */
export function notifier(call: MethodCall, sent: Buffer | null): (method: string, params: Buffer | null) => void {
  const {reply, params} = call
  const token = progressTokenOf(params ?? sent)
  return (method, said) => {
    if (method === 'notifications/message' && !wantsLog(call, said)) return
    if (method === 'notifications/progress' && token === null) return
    reply.push(notificationMessage(method, method === 'notifications/progress' ? withToken(said, token) : said))
  }
}

/** A modern client says so with each request, a legacy one for its session; until then it gets what there is. */
function wantsLog({context, session}: MethodCall, said: Buffer | null): boolean {
  if (context.era === 'modern') return context.logLevel !== null && reachesLevel(said, context.logLevel)
  return reachesLevel(said, session?.logLevel)
}

/** The client's own token in the place of the one that travelled to the backend. */
function withToken(params: Buffer | null, token: Buffer | null): Buffer | null {
  if (params === null || token === null) return params
  return setMember(params, {start: 0, end: params.length}, 'progressToken', token)
}
