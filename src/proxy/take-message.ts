import type {Envelope} from '../mcp/envelope.ts'
import type {Era} from '../mcp/protocol.ts'
import {clientSays} from './client-says.ts'
import type {Services} from './method-call.ts'
import {passNotification} from './pass-notification.ts'
import type {Replying} from './reply.ts'
import type {Session} from './session.ts'

/** Who said it, and what of the servers it may reach. */
export interface Sender {
  readonly era: Era
  readonly session: Session | null
  readonly services: Pick<Services, 'groups'>
}

/** Notifications and answers to questions of ours: taken, nothing to say. Another instance may be meant. */
export function takeMessage(body: Buffer, message: Envelope, sender: Sender, reply: Replying): void {
  const {era, session, services} = sender
  if (session && !clientSays(body, message, session)) session.relay?.forward(session, body)
  if (message.kind === 'notification') void passNotification(body, message, era, session, services)
  reply.endEmpty(202)
}
