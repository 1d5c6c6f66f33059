import type {Client} from 'pg'
import {errnoCode} from '../../shared/errors.ts'
import {requestColumns} from '../request-columns.ts'

const connectWithinMs = 3000
const statementWithinMs = 4000
/** The server may be frozen and never say that the statement took too long. */
const answerWithinMs = 5000
const removedAtOnce = 5000

/** Advisory locks of ours: "only" in ASCII, and what is locked. */
const lockSpace = 0x6f6e6c79
const creatingLock = 1
const retentionLock = 2

const names = requestColumns.map(column => column.name).join(', ')
const values = requestColumns.map(({postgres}, at) => `(row->>${at})::${postgres.split(' ').at(0)}`).join(', ')
const insertSql = `INSERT INTO request_logs (${names})
  SELECT ${values.replaceAll('::double', '::double precision')} FROM json_array_elements($1::json) AS row
  ON CONFLICT (request_id) DO NOTHING`
const retainSql = `WITH turn AS (SELECT pg_try_advisory_xact_lock(${lockSpace}, ${retentionLock}) AS ours)
  DELETE FROM request_logs USING turn WHERE turn.ours AND request_id IN (
    SELECT request_id FROM request_logs WHERE timestamp < now() - make_interval(secs => $1)
    ORDER BY timestamp LIMIT ${removedAtOnce})`

/** One connection to PostgreSQL on which the table is there. Every call has an end, also with a frozen server. */
export class Connection {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  /**
   * @param onLost called when the server ends the connection, with its reason
   * @throws what pg or the server says; never with the URL in it
   */
  static async open(url: string, onLost: (error: Error) => void): Promise<Connection> {
    const {default: pg} = await import('pg')
    const client = new pg.Client({
      connectionString: url,
      connectionTimeoutMillis: connectWithinMs,
      query_timeout: answerWithinMs,
      keepAlive: true,
      application_name: 'only1mcp',
    })
    const connection = new Connection(client)
    client.on('error', onLost)
    try {
      await client.connect()
      // As a statement, not at the start: poolers refuse parameters that they do not know.
      await client.query(`SET statement_timeout = ${statementWithinMs}`)
      await connection.#prepareTable()
    } catch (error) {
      connection.destroy()
      throw error
    }
    return connection
  }

  /** Rows that are there already are passed over. @param lines rows as JSON arrays */
  async insert(lines: readonly string[]): Promise<void> {
    await this.#client.query(insertSql, [`[${lines.join(',')}]`])
  }

  /**
   * Removes a portion of the rows that are older, by the server's clock, unless another instance is at it.
   * @returns whether there is more to do
   */
  async retain(maxAgeMs: number): Promise<boolean> {
    const {rowCount} = await this.#client.query(retainSql, [maxAgeMs / 1000])
    return rowCount === removedAtOnce
  }

  /** Ends it without waiting for the server. */
  destroy(): void {
    this.#client.removeAllListeners('error')
    this.#client.on('error', () => {}) // nobody is interested any more
    this.#client.end().catch(() => {}) // likewise
    const {connection} = this.#client as unknown as {connection?: {stream?: {destroy(): void}}}
    setTimeout(() => connection?.stream?.destroy(), 100).unref()
  }

  /** Several instances may start at once, and a role that may not create needs no right where the table is there. */
  async #prepareTable(): Promise<void> {
    const client = this.#client
    const {rows} = await client.query<{name: string}>(
      `SELECT attname AS name FROM pg_attribute
       WHERE attrelid = to_regclass('request_logs') AND attnum > 0 AND NOT attisdropped`,
    )
    const there = new Set(rows.map(row => row.name))
    const missing = requestColumns.filter(column => !there.has(column.name))
    if (missing.length === 0) return
    await client.query('BEGIN')
    await client.query(`SELECT pg_advisory_xact_lock(${lockSpace}, ${creatingLock})`)
    const columns = requestColumns.map(({name, postgres}) => `${name} ${postgres}`).join(', ')
    await client.query(`CREATE TABLE IF NOT EXISTS request_logs (${columns})`)
    if (there.size > 0) {
      const added = missing.map(
        ({name, postgres}) => `ADD COLUMN IF NOT EXISTS ${name} ${postgres.replace(' NOT NULL', '')}`,
      )
      await client.query(`ALTER TABLE request_logs ${added.join(', ')}`)
    }
    await client.query('CREATE INDEX IF NOT EXISTS request_logs_timestamp ON request_logs (timestamp)')
    await client.query('COMMIT')
  }
}

/** The server refuses a value (SQLSTATE classes 22 and 23): it will refuse it for ever, and takes the others. */
export function isRowFault(error: unknown): boolean {
  return /^2[23]/.test(errnoCode(error) ?? '')
}
