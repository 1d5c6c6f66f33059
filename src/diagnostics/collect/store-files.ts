import {readdirSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {AppError} from '../../shared/errors.ts'
import type {InspectAnswer, InspectOrder} from '../../store/inspect-worker.ts'
import type {FactOutcome, MissingFact} from '../fact.ts'
import type {FactKind} from '../fact-values.ts'
import type {Collector} from '../live-facts.ts'

type Missing = Pick<MissingFact<FactKind>, 'state' | 'why'>

/** Looks into a database, or says why not. */
async function look(order: InspectOrder, signal: AbortSignal): Promise<InspectAnswer | Missing> {
  const {inspectFile} = await import('../../store/inspect-file.ts')
  try {
    return await inspectFile(order, signal)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    if (error.code === 'DATABASE_ABSENT') return {state: 'absent', why: error.message}
    return {state: error.code === 'DATABASE_DENIED' ? 'denied' : 'error', why: error.message}
  }
}

/** SQLite's own quick_check of a database. */
export const storeIntegrity: Collector<'store.integrity'> = {
  kind: 'store.integrity',
  timeoutMs: 8000,
  async collect(path, {signal}): Promise<FactOutcome<'store.integrity'>> {
    if (path === '') return {state: 'absent', why: 'no state folder is known'}
    const answer = await look({path, ask: 'integrity'}, signal)
    if ('state' in answer) return answer
    return {state: 'known', value: {path, bytes: answer.bytes, faults: answer.faults, putAside: putAside(path)}}
  },
}

/** `<file>.corrupt-<time>` beside it. */
function putAside(path: string): string[] {
  const head = `${basename(path)}.corrupt-`
  const names = readdirSync(dirname(path)).filter(
    name => name.startsWith(head) && /^[\dTZ]+$/.test(name.slice(head.length)),
  )
  return names.sort().map(name => join(dirname(path), name))
}

/** Circuit breakers as the last runtime has kept them. */
export const storeBreakers: Collector<'store.breakers'> = {
  kind: 'store.breakers',
  timeoutMs: 4000,
  async collect(path, {signal}): Promise<FactOutcome<'store.breakers'>> {
    if (path === '') return {state: 'absent', why: 'no state folder is known'}
    const sql = 'SELECT server_id, state, failures FROM circuit_breakers ORDER BY server_id LIMIT 10000'
    const answer = await look({path, ask: [{sql, params: []}]}, signal)
    if ('state' in answer) return answer
    const value = (answer.rows[0] ?? []).map(row => ({
      serverId: String(row.server_id),
      state: String(row.state),
      failures: Number(row.failures),
    }))
    return {state: 'known', value}
  },
}

const recentMs = 15 * 60_000
const dayMs = 86_400_000

/** How requests fared in the last 15 minutes, and in the day before. */
export const requestsRecent: Collector<'requests.recent'> = {
  kind: 'requests.recent',
  timeoutMs: 6000,
  async collect(path, {signal, clock}): Promise<FactOutcome<'requests.recent'>> {
    if (path === '') return {state: 'absent', why: 'no state folder is known'}
    const edge = clock.wallMs() - recentMs
    const iso = (ms: number): string => new Date(ms).toISOString()
    const window = {
      sql: `SELECT count(*) AS count, sum(outcome <> 'answered') AS errors, percentile(duration_ms, 99) AS p99
            FROM request_logs WHERE timestamp >= ? AND timestamp < ? AND method IS NOT NULL`,
      params: [iso(edge), '9'],
    }
    const before = {...window, params: [iso(edge - dayMs), iso(edge)]}
    const methods = {
      sql: `SELECT method, count(*) AS count, percentile(duration_ms, 99) AS p99 FROM request_logs
            WHERE timestamp >= ? AND method IS NOT NULL GROUP BY method ORDER BY p99 DESC LIMIT 5`,
      params: [iso(edge)],
    }
    const answer = await look({path, ask: [window, before, methods]}, signal)
    if ('state' in answer) return answer
    const of = (row: Readonly<Record<string, unknown>> | undefined) => ({
      count: Number(row?.count ?? 0),
      errors: Number(row?.errors ?? 0),
      p99Ms: typeof row?.p99 === 'number' ? row.p99 : null,
    })
    return {
      state: 'known',
      value: {
        recent: of(answer.rows[0]?.[0]),
        before: of(answer.rows[1]?.[0]),
        methods: (answer.rows[2] ?? []).map(row => ({
          method: String(row.method),
          p99Ms: Number(row.p99),
          count: Number(row.count),
        })),
      },
    }
  },
}
