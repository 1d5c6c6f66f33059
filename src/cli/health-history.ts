import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {findRuntimes} from '../control/find-runtime.ts'
import {parseDuration} from '../shared/duration.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {type HealthCheckRow, verdictOfLook} from '../store/health-history.ts'
import {stateDirs} from './instance.ts'

export interface HealthHistoryDocument {
  readonly server: string
  /** ISO-8601 UTC. */
  readonly since: string
  readonly until: string
  readonly checks: number
  readonly failures: number
  /** Milliseconds of what was answered; null where nothing was. */
  readonly latency: {readonly p50: number; readonly p99: number; readonly max: number} | null
  /** Oldest first. */
  readonly rows: readonly Omit<HealthCheckRow, 'serverId'>[]
}

/** @throws AppError for a span that is none, and where no history is kept */
export async function healthHistory(server: string, last: string, nowMs: number): Promise<HealthHistoryDocument> {
  const spanMs = parseDuration(last)
  if (spanMs === undefined || spanMs <= 0) {
    throw new AppError('BAD_DURATION', `--last ${safeText(last)} is no duration`, {
      fix: 'Write 30m, 1h or 2d.',
      exitCode: exitCode.usage,
    })
  }
  const sinceMs = Math.max(0, nowMs - spanMs)
  const {readHealthHistory} = await import('../store/read-health-history.ts')
  const rows = await readHealthHistory(await historyFile(), server, sinceMs)
  const answered = rows
    .flatMap(({ok, latencyMs}) => (ok && latencyMs !== null ? [latencyMs] : []))
    .sort((a, b) => a - b)
  const at = (share: number): number => Number((answered[Math.ceil(answered.length * share) - 1] ?? 0).toFixed(3))
  return {
    server,
    since: new Date(sinceMs).toISOString(),
    until: new Date(nowMs).toISOString(),
    checks: rows.length,
    failures: rows.filter(row => verdictOfLook(row) === 'bad').length,
    latency: answered.length === 0 ? null : {p50: at(0.5), p99: at(0.99), max: at(1)},
    rows: rows.map(({serverId: _, ...row}) => row),
  }
}

/** That of the running runtime, else of the first state folder that has one. */
async function historyFile(): Promise<string> {
  const folders = await stateDirs()
  const alive = findRuntimes(folders).flatMap(found => (found.state === 'alive' ? [found.record.statePath] : []))
  const file = [...alive, ...folders].map(folder => join(folder, 'requests.db')).find(path => existsSync(path))
  if (file !== undefined) return file
  throw new AppError('NO_HISTORY', 'no health history is kept here', {
    fix: `It is kept for servers with health_check in the configuration. Looked in ${folders.map(each => safeText(each)).join(', ')}`,
  })
}
