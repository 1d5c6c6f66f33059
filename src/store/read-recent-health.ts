import type {HealthCheckRow} from './health-history.ts'
import {openReadonly} from './sqlite/open-readonly.ts'

/**
 * The newest probes of every server since a time, at most `each` of one, oldest first. Changes of a status that no probe
 * measured are left out.
 * @param file `requests.db` of a state folder
 * @throws AppError `DATABASE_ABSENT`, `DATABASE_UNREADABLE`
 */
export async function readRecentHealth(
  file: string,
  sinceMs: number,
  each: number,
): Promise<Omit<HealthCheckRow, 'status' | 'error'>[]> {
  const db = await openReadonly(file)
  try {
    const there = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'health_checks'").get()
    if (there === undefined) return []
    const rows = db
      .prepare(
        `SELECT server_id, timestamp, ok, latency_ms FROM (
           SELECT *, row_number() OVER (PARTITION BY server_id ORDER BY timestamp DESC) AS age FROM health_checks
           WHERE timestamp >= ? AND latency_ms IS NOT NULL
         ) WHERE age <= ? ORDER BY timestamp`,
      )
      .all(new Date(sinceMs).toISOString(), each) as Record<string, unknown>[]
    return rows.map(row => ({
      serverId: String(row.server_id),
      timestamp: String(row.timestamp),
      ok: row.ok === 1,
      latencyMs: Number(row.latency_ms),
    }))
  } finally {
    db.close()
  }
}
