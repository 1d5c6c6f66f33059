import type {ParsedLine} from '../../logs/parse-line.ts'
import type {Place} from '../place.ts'
import type {RequestStory, StorySource} from './story.ts'
import {findLive} from './story-live.ts'
import {findLines, findServerLines, type SourcedLine} from './story-logs.ts'
import {storyPlaces} from './story-places.ts'
import {findRows} from './story-rows.ts'
import type {Subject} from './subject.ts'
import {tellRequest} from './tell-story.ts'

export interface FoundStories {
  /** In the order in which they were received; of a trace as many as its requests. */
  readonly stories: readonly RequestStory[]
  /** Requests of a trace beyond those that are told. */
  readonly leftOut: number
  readonly sources: readonly StorySource[]
}

const mostStories = 20
/** The runtime writes lines in portions: a line may stand in the file a little later than it happened. */
const unknownSpanMs = 1000

/**
 * Looks for a request, or all requests of a trace, in logs, request log and running runtimes. Nothing of it needs a runtime
 * that runs; what cannot be read is named in `sources`.
 */
export async function findStories(
  subject: Extract<Subject, {readonly kind: 'request' | 'trace'}>,
  place: Place,
): Promise<FoundStories> {
  const places = storyPlaces(place)
  const byTrace = subject.kind === 'trace'
  const id = byTrace ? subject.traceId : subject.requestId
  const isMeant = ({requestId, traceId}: {requestId: string | null; traceId: string | undefined}): boolean =>
    byTrace ? traceId === id : requestId === id
  const ofLine = (line: ParsedLine): boolean => isMeant({requestId: line.requestId, traceId: line.pairs.trace_id})
  const [logs, stored, live] = await Promise.all([
    findLines(places.logFolders, [id], ofLine),
    findRows(places.databases, byTrace ? 'trace_id' : 'request_id', id),
    findLive(places.sockets, isMeant),
  ])
  const ids = new Set<string>()
  for (const {line} of logs.lines) if (line.requestId !== null) ids.add(line.requestId)
  for (const row of stored.rows) ids.add(String(row.request_id))
  for (const {requestId} of [...live.open, ...live.events]) ids.add(requestId)
  const told = [...ids].slice(0, mostStories)
  const stories = await Promise.all(
    told.map(async requestId => {
      const open = live.open.find(each => each.requestId === requestId) ?? null
      const parts = {
        lines: logs.lines.filter(({line}) => line.requestId === requestId),
        row: stored.rows.find(row => row.request_id === requestId) ?? null,
        open,
        event: live.events.find(each => each.requestId === requestId) ?? null,
      }
      const around = await serverLines(places.logFolders, tellRequest(requestId, parts))
      return tellRequest(requestId, {...parts, lines: [...parts.lines, ...around]})
    }),
  )
  return {
    stories: stories.sort((a, b) => (a.receivedAt ?? '').localeCompare(b.receivedAt ?? '')),
    leftOut: ids.size - told.length,
    sources: [...logs.sources, ...stored.sources, ...live.sources],
  }
}

/** What the server said while the request was with it. */
async function serverLines(
  folders: readonly string[],
  {serverId, receivedAt, endedAt, outcome}: RequestStory,
): Promise<readonly SourcedLine[]> {
  if (serverId === null || (receivedAt === null && endedAt === null)) return []
  const from = Date.parse(receivedAt ?? endedAt ?? '') - (receivedAt === null ? unknownSpanMs : 0)
  const until = outcome === 'open' ? Number.POSITIVE_INFINITY : Date.parse(endedAt ?? receivedAt ?? '')
  return findServerLines(folders, serverId, from, until)
}
