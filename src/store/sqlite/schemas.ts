import {requestColumns} from '../request-columns.ts'

export interface TableSchema {
  readonly name: string
  readonly columns: readonly string[]
  /** Statements that make it where it is missing. */
  readonly create: readonly string[]
  /** What an INSERT does with a row that is there already. */
  readonly conflict: string
  /** TEXT, ISO-8601 UTC; rows older than the retention go. Null keeps all. */
  readonly timeColumn: string | null
}

export interface FileSchema {
  /** `PRAGMA application_id`: another application's database is never written to. */
  readonly applicationId: number
  readonly tables: readonly TableSchema[]
}

const requestLogs: TableSchema = {
  name: 'request_logs',
  columns: requestColumns.map(column => column.name),
  create: [
    `CREATE TABLE IF NOT EXISTS request_logs (${requestColumns.map(({name, sqlite}) => `${name} ${sqlite}`).join(', ')})`,
    'CREATE INDEX IF NOT EXISTS request_logs_timestamp ON request_logs (timestamp)',
  ],
  conflict: 'ON CONFLICT (request_id) DO NOTHING',
  timeColumn: 'timestamp',
}

const healthChecks: TableSchema = {
  name: 'health_checks',
  columns: ['server_id', 'timestamp', 'ok', 'status', 'latency_ms', 'error'],
  create: [
    `CREATE TABLE IF NOT EXISTS health_checks (server_id TEXT NOT NULL, timestamp TEXT NOT NULL, ok INTEGER NOT NULL,
      status TEXT, latency_ms REAL, error TEXT)`,
    'CREATE INDEX IF NOT EXISTS health_checks_server ON health_checks (server_id, timestamp)',
    'CREATE INDEX IF NOT EXISTS health_checks_timestamp ON health_checks (timestamp)',
  ],
  conflict: '',
  timeColumn: 'timestamp',
}

const circuitBreakers: TableSchema = {
  name: 'circuit_breakers',
  columns: ['server_id', 'state', 'opened_at', 'failures', 'until'],
  create: [
    `CREATE TABLE IF NOT EXISTS circuit_breakers (server_id TEXT PRIMARY KEY NOT NULL, state TEXT NOT NULL,
      opened_at INTEGER, failures INTEGER NOT NULL, until INTEGER)`,
  ],
  conflict: `ON CONFLICT (server_id) DO UPDATE SET state = excluded.state, opened_at = excluded.opened_at,
    failures = excluded.failures, until = excluded.until`,
  timeColumn: null,
}

/** The databases of a state folder. The ids spell `o1rq` and `o1cb`. */
export const fileSchemas = {
  requests: {applicationId: 0x6f317271, tables: [requestLogs, healthChecks]},
  breakers: {applicationId: 0x6f316362, tables: [circuitBreakers]},
} as const satisfies Record<string, FileSchema>

export type SchemaName = keyof typeof fileSchemas
