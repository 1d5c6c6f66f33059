import type {ServerResponse} from 'node:http'
import type {Reply} from './reply.ts'
import type {Session} from './session.ts'

const heartbeatMs = 15_000

/**
 * The stream on which a legacy client hears of changes (GET /mcp), or the rest of one that broke.
 * @param lastEventId the last event that the client got; null for a new stream
 */
export function openSessionStream(
  session: Session,
  response: ServerResponse,
  reply: Reply,
  lastEventId: string | null,
): void {
  reply.open()
  const beat = setInterval(() => response.write(': keep-alive\n\n'), heartbeatMs)
  const {streams} = session
  const last = lastEventId === null ? undefined : streams.find(lastEventId)
  const write = (event: Buffer): void => reply.write(event)
  let leave = (): void => {}
  const end = (): void => {
    clearInterval(beat)
    leave()
    response.end()
  }
  if (last === undefined || last.stream === streams.own) {
    leave = () => session.detach(end)
    for (const event of last?.stream.after(last.number) ?? []) write(event)
    session.attach(message => write(streams.own.add(message)), end)
  } else leave = last.stream.resume(last.number, {write, end})
  response.on('close', end)
}
