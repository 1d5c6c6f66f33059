import {ControlClient} from '../../control/client.ts'
import type {RequestEvent} from '../../control/contract/events.ts'
import {AppError, messageOf} from '../../shared/errors.ts'
import type {OpenRequestPart, StorySource} from './story.ts'

export interface LiveSearch {
  readonly open: readonly (OpenRequestPart & {readonly requestId: string})[]
  readonly events: readonly RequestEvent[]
  readonly sources: readonly StorySource[]
}

const answerWithinMs = 2000
/** The runtime keeps about two thousand events. */
const newest = 2000

/** What running runtimes know of requests: those under way, and those that ended lately. */
export async function findLive(
  sockets: readonly string[],
  isMeant: (request: {readonly requestId: string; readonly traceId: string}) => boolean,
): Promise<LiveSearch> {
  const open: (OpenRequestPart & {requestId: string})[] = []
  const events: RequestEvent[] = []
  const sources: StorySource[] = []
  for (const socket of sockets) {
    const client = new ControlClient(socket)
    const name = `the runtime behind ${socket}`
    try {
      const {requests, at, seq} = await client.snapshot(AbortSignal.timeout(answerWithinMs), answerWithinMs)
      const under = (requests.open ?? []).filter(isMeant).map(request => ({...request, at}))
      const ended = await recentRequests(client, seq, isMeant)
      open.push(...under)
      events.push(...ended)
      sources.push({name, state: 'read', why: null, from: null, found: under.length + ended.length})
    } catch (error) {
      const denied = error instanceof AppError && error.code === 'CONTROL_DENIED'
      sources.push({name, state: denied ? 'denied' : 'error', why: messageOf(error), from: null, found: 0})
    }
  }
  return {open, events, sources}
}

async function recentRequests(
  client: ControlClient,
  seq: number,
  isMeant: (request: RequestEvent) => boolean,
): Promise<RequestEvent[]> {
  const ender = new AbortController()
  const found: RequestEvent[] = []
  if (seq === 0) return found
  const timer = setTimeout(() => ender.abort(), answerWithinMs)
  try {
    for await (const event of client.events(Math.max(0, seq - newest), ender.signal)) {
      if (event.type === 'request' && isMeant(event)) found.push(event)
      if (event.seq >= seq || event.type === 'resync' || event.type === 'heartbeat') break
    }
  } catch (error) {
    if (!ender.signal.aborted) throw error // else: what came in time is what there is
  } finally {
    clearTimeout(timer)
    ender.abort()
  }
  return found
}
