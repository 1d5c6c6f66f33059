import type {RequestEvent} from '../../control/contract/events.ts'
import type {ParsedLine} from '../../logs/parse-line.ts'
import type {BlameParty} from '../../shared/blame.ts'

/** One moment of a request. */
export interface StoryMoment {
  /** ISO-8601 UTC. */
  readonly at: string
  /** Since the request was received; null where that is not known. */
  readonly offsetMs: number | null
  readonly what: 'received' | 'detail' | 'failed' | 'stderr' | 'server' | 'ended' | 'open'
  readonly text: string
  /** File, database or runtime that says it. */
  readonly source: string
}

/** What became of one request, as far as anything tells. */
export interface RequestStory {
  readonly requestId: string
  readonly instance: string
  readonly traceId: string | null
  readonly client: string | null
  readonly principal: string | null
  readonly target: string | null
  readonly serverId: string | null
  readonly receivedAt: string | null
  readonly endedAt: string | null
  readonly durationMs: number | null
  readonly firstByteMs: number | null
  /** `open` while it is under way; null where only parts of it are known. */
  readonly outcome: 'answered' | 'error' | 'cancelled' | 'ambiguous' | 'open' | null
  readonly status: number | null
  readonly code: number | null
  /** The ErrorKind of its line in error.log. */
  readonly errorKind: string | null
  readonly attempts: number | null
  readonly cache: string | null
  readonly blame: BlameParty | null
  /** What the blame rests on. */
  readonly evidence: string | null
  /** One sentence. */
  readonly verdict: string
  /** Oldest first. */
  readonly timeline: readonly StoryMoment[]
  /** Lines of the timeline that were left out. */
  readonly leftOut: number
  readonly next: readonly string[]
}

/** A place that was looked into, or could not be. */
export interface StorySource {
  readonly name: string
  readonly state: 'read' | 'absent' | 'denied' | 'error'
  /** Why not, or why not all of it. */
  readonly why: string | null
  /** ISO-8601 time from when on it reaches; null where that is not known. */
  readonly from: string | null
  /** How much of it is about what was sought. */
  readonly found: number
}

/** What the sources hold of one request. */
export interface StoryParts {
  readonly lines: readonly {readonly source: string; readonly line: ParsedLine}[]
  /** Its row of `request_logs`. */
  readonly row: Readonly<Record<string, unknown>> | null
  readonly open: OpenRequestPart | null
  readonly event: RequestEvent | null
}

export interface OpenRequestPart {
  /** ISO-8601 time of the snapshot. */
  readonly at: string
  readonly client: string
  readonly target: string
  readonly serverId: string | null
  readonly traceId: string
  readonly attempts: number
  readonly openMs: number
}
