import type {RetentionLimits} from './retention.ts'
import type {SchemaName} from './schemas.ts'

/** What the runtime asks of the thread that owns the databases. `file` is the number that `open` gave. */
export type Order =
  | {
      readonly do: 'open'
      readonly file: number
      readonly path: string
      readonly schema: SchemaName
      readonly limits: RetentionLimits
    }
  /** `lines`: rows as arrays in JSON, one a line. */
  | {
      readonly do: 'write'
      readonly file: number
      readonly batch: number
      readonly table: string
      readonly lines: string
    }
  | {readonly do: 'read'; readonly file: number; readonly call: number; readonly table: string}
  | {readonly do: 'close'; readonly file: number}

/** What the thread tells. */
export type Told =
  | {readonly is: 'written'; readonly file: number; readonly batch: number}
  | {readonly is: 'read'; readonly file: number; readonly call: number; readonly rows: readonly unknown[]}
  | {readonly is: 'trouble'; readonly file: number; readonly message: string}
  | {readonly is: 'recovered'; readonly file: number}
  | {readonly is: 'replaced'; readonly file: number; readonly message: string}
  | {readonly is: 'closed'; readonly file: number}
  /** better-sqlite3 cannot be loaded: nothing will ever be written. */
  | {readonly is: 'unavailable'; readonly message: string}
