/** One column of a table, in both dialects. */
export interface Column {
  readonly name: string
  readonly sqlite: string
  readonly postgres: string
}

/** The columns of `request_logs`, in the order in which rows carry their values. */
export const requestColumns: readonly Column[] = [
  {name: 'request_id', sqlite: 'TEXT PRIMARY KEY NOT NULL', postgres: 'text PRIMARY KEY'},
  {name: 'instance', sqlite: 'TEXT NOT NULL', postgres: 'text NOT NULL'},
  {name: 'timestamp', sqlite: 'TEXT NOT NULL', postgres: 'timestamptz NOT NULL'},
  {name: 'method', sqlite: 'TEXT', postgres: 'text'},
  {name: 'target', sqlite: 'TEXT', postgres: 'text'},
  {name: 'server_id', sqlite: 'TEXT', postgres: 'text'},
  {name: 'status', sqlite: 'INTEGER', postgres: 'integer'},
  {name: 'outcome', sqlite: 'TEXT', postgres: 'text'},
  {name: 'code', sqlite: 'INTEGER', postgres: 'bigint'},
  {name: 'duration_ms', sqlite: 'REAL', postgres: 'double precision'},
  {name: 'request_bytes', sqlite: 'INTEGER', postgres: 'bigint'},
  {name: 'response_bytes', sqlite: 'INTEGER', postgres: 'bigint'},
  {name: 'principal', sqlite: 'TEXT', postgres: 'text'},
  {name: 'trace_id', sqlite: 'TEXT', postgres: 'text'},
  {name: 'cache', sqlite: 'TEXT', postgres: 'text'},
  {name: 'blame', sqlite: 'TEXT', postgres: 'text'},
  {name: 'attempts', sqlite: 'INTEGER', postgres: 'integer'},
]
