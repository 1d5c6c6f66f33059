import {openRequestLogReader} from '../../store/read-request-log.ts'
import type {FactOutcome} from '../fact.ts'
import type {Collector} from '../live-facts.ts'
import type {ConfigReader} from './shared-config.ts'

/** Whether PostgreSQL lets us in and has the request log. */
export function storePostgres(read: ConfigReader): Collector<'store.postgres'> {
  return {
    kind: 'store.postgres',
    timeoutMs: 5000,
    async collect(_about, {facts, clock}): Promise<FactOutcome<'store.postgres'>> {
      const found = await facts.get('config.found')
      const {loaded} = found.state === 'known' ? await read(found.value.path, facts) : {}
      const log = loaded?.ok ? loaded.config.observability.request_log : undefined
      if (log?.enabled !== true || log.backend !== 'postgres' || log.postgres === undefined)
        return {state: 'absent', why: 'no request log in PostgreSQL is configured'}
      const started = clock.now()
      const reader = await openRequestLogReader(log.postgres.url)
      try {
        const [row] = await reader.query("SELECT to_regclass('request_logs') IS NOT NULL AS rows")
        return {state: 'known', value: {rows: row?.rows === true, ms: Math.round(clock.now() - started)}}
      } finally {
        await reader.close()
      }
    },
  }
}
