export interface PostgresSettings {
  readonly url: string
  readonly spoolDir: string
  readonly maxSpoolBytes: number
  /** Milliseconds; 0: no limit. */
  readonly maxAgeMs: number
}

/** What the runtime asks of the thread that speaks to PostgreSQL. */
export type Order =
  | ({readonly do: 'open'} & PostgresSettings)
  /** `lines`: rows as arrays in JSON, one a line. */
  | {readonly do: 'write'; readonly batch: number; readonly rows: number; readonly lines: string}
  /** The runtime ends: what is not written soon goes to the spool. */
  | {readonly do: 'hurry'}
  | {readonly do: 'close'; readonly withinMs: number}

/** What the thread tells. `waiting`: rows in the spool now. */
export type Told =
  | {readonly is: 'written'; readonly batch: number; readonly rows: number}
  | {readonly is: 'spooled'; readonly batch: number; readonly rows: number; readonly waiting: number}
  | {readonly is: 'replayed'; readonly rows: number; readonly waiting: number}
  /** Without a batch: rows that had been in the spool. */
  | {
      readonly is: 'lost'
      readonly batch: number | null
      readonly rows: number
      readonly waiting: number
      readonly why: string
    }
  | {readonly is: 'trouble'; readonly message: string; readonly waiting: number}
  | {readonly is: 'recovered'; readonly waiting: number}
  | {readonly is: 'closed'}
  | {readonly is: 'unavailable'; readonly message: string}
