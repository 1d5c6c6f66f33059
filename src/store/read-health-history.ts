import type {HealthCheckRow} from './health-history.ts'
import {openReadonly} from './sqlite/open-readonly.ts'

/**
 * What was seen of a server since a time, oldest first.
 * @param file `requests.db` of a state folder
 * @param sinceMs milliseconds since the epoch
 * @throws AppError `DATABASE_ABSENT`, `DATABASE_UNREADABLE`
 */
export async function readHealthHistory(file: string, serverId: string, sinceMs: number): Promise<HealthCheckRow[]> {
  const db = await openReadonly(file)
  try {
    const there = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'health_checks'").get()
    if (there === undefined) return []
    const rows = db
      .prepare(
        `SELECT timestamp, ok, status, latency_ms, error FROM health_checks
         WHERE server_id = ? AND timestamp >= ? ORDER BY timestamp`,
      )
      .all(serverId, new Date(sinceMs).toISOString()) as Record<string, unknown>[]
    return rows.map(row => ({
      serverId,
      timestamp: String(row.timestamp),
      ok: row.ok === 1,
      status: String(row.status ?? ''),
      latencyMs: typeof row.latency_ms === 'number' ? row.latency_ms : null,
      error: row.error === null ? null : String(row.error),
    }))
  } finally {
    db.close()
  }
}
