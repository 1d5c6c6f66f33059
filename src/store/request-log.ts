import type {RequestRow} from './request-row.ts'

/** How the request log is doing. */
export interface RequestLogFigures {
  readonly backend: 'sqlite' | 'postgres'
  /** Rows that the database has. */
  readonly written: number
  /** Rows lost: no room to wait, or no database until the end. */
  readonly dropped: number
  /** Rows that wait in the spool now. */
  readonly spooled: number
  /** Rows that ever had to go through the spool. */
  readonly spooledTotal: number
  /** `unavailable`: the library cannot be loaded, so it will not get better by itself. */
  readonly state: 'ok' | 'spooling' | 'failing' | 'unavailable'
  /** What went wrong last, also after it got better. */
  readonly lastError: string | null
}

/** One row for each request that ended. */
export interface RequestLog {
  /** Costs about a microsecond, never waits and never throws. */
  record(row: RequestRow): void
  figures(): RequestLogFigures
}

/** What a store has to say to the operator: a line of the log. */
export interface StoreNote {
  readonly level: 'INFO' | 'WARN'
  /** One word, the ErrorKind of the line. */
  readonly kind: 'StoreTrouble' | 'StoreRecovered' | 'StoreReplaced' | 'StoreLoss'
  readonly message: string
}
