import {CallFailure} from '../mcp/call-failure.ts'
import type {Envelope} from '../mcp/envelope.ts'
import type {Era} from '../mcp/protocol.ts'
import {withoutEnvelope} from './era-bridge.ts'
import type {Services} from './method-call.ts'
import {onlyGroup} from './server-group.ts'
import type {Session} from './session.ts'

/** What clients say by the protocol; it is seen to where it comes in. */
const known = new Set([
  'notifications/initialized',
  'notifications/cancelled',
  'notifications/progress',
  'notifications/roots/list_changed',
])

/** A notification that nobody here knows goes to the only server that it can belong to; where there are several, to none. */
export async function passNotification(
  body: Buffer,
  {method, params}: Envelope,
  era: Era,
  session: Session | null,
  {groups}: Pick<Services, 'groups'>,
): Promise<void> {
  if (method === null || known.has(method)) return
  const backend = onlyGroup(groups)?.members.find(({link}) => link !== undefined)
  if (backend === undefined) return
  try {
    const link = (await session?.scope.ownLink(backend)) ?? backend.link
    const said = params && body.subarray(params.start, params.end)
    link?.connection.notify(
      method,
      era === 'modern' && link.connection.info.era === 'legacy' ? withoutEnvelope(said) : said,
    )
  } catch (error) {
    // Nobody waits for an answer to it; the server's own state says what is wrong.
    if (!(error instanceof CallFailure)) throw error
  }
}
