import {quote} from './request-row.ts'

/** One look at one server. */
export interface HealthCheckRow {
  readonly serverId: string
  /** ISO-8601 UTC. */
  readonly timestamp: string
  readonly ok: boolean
  /** What the look found: a status of the runtime, or of the probe. */
  readonly status: string
  readonly latencyMs: number | null
  readonly error: string | null
}

/** A server that is on its way, was ended in order or is switched off answers nobody, and nothing is wrong with it. */
const orderly: ReadonlySet<string> = new Set(['starting', 'stopped', 'disabled'])

/** What a look says of a server: null where it says neither good nor bad. */
export function verdictOfLook({ok, status}: Pick<HealthCheckRow, 'ok' | 'status'>): 'good' | 'bad' | null {
  if (ok) return 'good'
  return orderly.has(status) ? null : 'bad'
}

/** Keeps what was seen of the servers, for `health history`. */
export interface HealthHistory {
  /** Never waits and never throws. */
  record(row: HealthCheckRow): void
}

/** The row as one line of JSON, in the order of the table's columns. */
export function healthLine(row: HealthCheckRow): string {
  const latency = row.latencyMs === null || !Number.isFinite(row.latencyMs) ? 'null' : String(row.latencyMs)
  return `[${quote(row.serverId)},${quote(row.timestamp)},${row.ok ? 1 : 0},${quote(row.status)},${latency},${quote(row.error)}]`
}
