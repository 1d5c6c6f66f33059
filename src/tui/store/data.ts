import type {LogEvent, RequestEvent} from '../../control/contract/events.ts'
import type {ServerSnapshot} from '../../control/contract/server.ts'
import type {Snapshot} from '../../control/contract/snapshot.ts'
import type {SparseBuckets} from '../../shared/latency-buckets.ts'
import type {SafeText} from '../../shared/safe-text.ts'
import type {Safe} from './safe.ts'

export type SafeSnapshot = Safe<Snapshot>
export type ServerRow = Safe<ServerSnapshot>

/** `n` counts up as rows come in: a row keeps its name while others scroll past. */
export type RequestRow = Safe<RequestEvent> & {readonly n: number}
export type LogRow = Safe<Omit<LogEvent, 'type' | 'seq' | 'instance'>> & {readonly n: number}

/** Rows to read by index, the oldest first; a ring or a frozen copy of one. */
export interface Rows<T> {
  readonly size: number
  at(index: number): T | undefined
}

/** `stale`: the runtime does not answer; what is shown is the last that it said. */
export type Connection =
  | {readonly state: 'connecting'}
  | {readonly state: 'live'}
  | {readonly state: 'stale'; readonly since: SafeText; readonly why: SafeText}

/** What came between two snapshots. */
export interface TrendPoint {
  readonly requestsPerSecond: number
  readonly errorsPerSecond: number
  /** Milliseconds of CPU a second of wall time, as a share. */
  readonly cpuShare: number
}

/** Everything a view may look at. It changes only through the store. */
export interface Data {
  readonly label: SafeText
  readonly connection: Connection
  readonly snapshot: SafeSnapshot | undefined
  readonly servers: readonly ServerRow[]
  readonly requests: Rows<RequestRow>
  readonly logs: Rows<LogRow>
  /** The newest last; one point a snapshot, so about one a second. */
  readonly trend: readonly TrendPoint[]
  /** Latencies of about the last minute. */
  readonly recentLatency: SparseBuckets
  /** Counts every change; what was computed for one version holds until the next. */
  readonly version: number
}
