import type {Envelope} from '../mcp/envelope.ts'
import {readId} from '../mcp/message-id.ts'
import {findValue} from '../mcp/splice.ts'
import type {Session} from './session.ts'

/**
 * Takes what a legacy client says of its own accord: answers to questions of ours, cancellations, changed roots.
 * @returns false when it speaks of something that may be at another instance
 */
export function clientSays(body: Buffer, message: Envelope, session: Session): boolean {
  if (message.kind === 'notification') return notified(body, message, session)
  if (message.id === null || (message.kind !== 'result' && message.kind !== 'error')) return true
  const span = message.kind === 'result' ? message.result : message.error
  if (span === null) return true
  return session.questions.answer(message.id.key, {kind: message.kind, value: body.subarray(span.start, span.end)})
}

function notified(body: Buffer, message: Envelope, session: Session): boolean {
  if (message.method === 'notifications/cancelled' && message.params) {
    const span = findValue(body, message.params, ['requestId'])
    const id = span && readId(body, span.start, span.end)
    if (!id) return true
    const inFlight = session.inFlight.get(id.key)
    inFlight?.abort()
    return inFlight !== undefined
  }
  if (message.method === 'notifications/progress' && message.params) {
    const {start, end} = message.params
    const span = findValue(body, message.params, ['progressToken'])
    const token = span && readId(body, span.start, span.end)
    return !token || session.questions.progress(token.key, body.subarray(start, end))
  }
  if (message.method !== 'notifications/roots/list_changed') return true
  session.scope.tell('notifications/roots/list_changed')
  return false
}
