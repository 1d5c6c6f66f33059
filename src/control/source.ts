import type {Action, ActionOutcome} from './action.ts'
import type {ControlEvent} from './contract/events.ts'
import type {Snapshot} from './contract/snapshot.ts'

/** What of the logs a console wants to see. */
export interface LogQuery {
  /** How many of the newest lines. */
  readonly limit: number
  /** Only lines that hold this text. */
  readonly contains?: string
}

export interface LogRecord {
  /** ISO-8601 UTC, or empty where a line has no time. */
  readonly at: string
  readonly level: string
  readonly module: string
  readonly requestId: string | null
  readonly serverId: string | null
  /** The line without what stands in the fields above. */
  readonly message: string
}

/** One finding as the console shows it; the doctor's own shape is richer. */
export interface DoctorRow {
  readonly id: string
  readonly status: string
  readonly subject: string
  readonly summary: string
  readonly remedy: string | null
}

/**
 * Where a console's data comes from: the control socket of a runtime, a demo, later a recording or a bundle. A console
 * only knows this. Strings are raw; a view makes SafeText of them when it takes them in.
 */
export interface Source {
  /** What the console names in its header: `127.0.0.1:8080`, `demo` … */
  readonly label: string
  snapshot(signal: AbortSignal): Promise<Snapshot>
  /**
   * Events after `since`; ends when the connection does and throws when it cannot be made. A `resync` asks for a new
   * snapshot.
   */
  events(since: number, signal: AbortSignal): AsyncIterable<ControlEvent>
  /** The newest lines, oldest first. */
  logs(query: LogQuery, signal: AbortSignal): Promise<readonly LogRecord[]>
  /** Runs checks, all of them without ids. */
  doctor(ids: readonly string[], signal: AbortSignal): Promise<readonly DoctorRow[]>
  /** What may be done here; empty for a read-only source. */
  actions(): readonly Action[]
  run(action: Action, signal: AbortSignal): Promise<ActionOutcome>
}
