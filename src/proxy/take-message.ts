import type {Envelope} from '../mcp/envelope.ts'
import {clientSays} from './client-says.ts'
import type {Replying} from './reply.ts'
import type {Session} from './session.ts'

/** Notifications and answers to questions of ours: taken, nothing to say. Another instance may be meant. */
export function takeMessage(body: Buffer, message: Envelope, session: Session | null, reply: Replying): void {
  if (session && !clientSays(body, message, session)) session.relay?.forward(session, body)
  reply.endEmpty(202)
}
