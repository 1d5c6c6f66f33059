import type {ServerResponse} from 'node:http'
import type {Reply} from './reply.ts'
import type {Session} from './session.ts'

const heartbeatMs = 15_000

/** The stream on which a legacy client hears of changes (GET /mcp). */
export function openSessionStream(session: Session, response: ServerResponse, reply: Reply): void {
  reply.open()
  const beat = setInterval(() => response.write(': keep-alive\n\n'), heartbeatMs)
  const end = (): void => {
    clearInterval(beat)
    session.detach(end)
    response.end()
  }
  session.attach(message => reply.push(message), end)
  response.on('close', end)
}
