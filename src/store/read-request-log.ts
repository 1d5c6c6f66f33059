import {AppError, messageOf} from '../shared/errors.ts'
import {sqlError} from './sql-error.ts'
import {openReadonly} from './sqlite/open-readonly.ts'
import {translateSql} from './translate-sql.ts'

export type SqlRow = Readonly<Record<string, unknown>>

/** A look into a request log, which it cannot change. */
export interface RequestLogReader {
  readonly dialect: 'sqlite' | 'postgres'
  /**
   * One statement; PostgreSQL's way of asking runs on both. Times come as ISO-8601 text, counts as numbers.
   * @param params for `$1`, `$2` …
   * @throws AppError `SQL_FAILED` with line and column, as far as they are known
   */
  query(sql: string, params?: readonly unknown[]): Promise<SqlRow[]>
  close(): Promise<void>
}

const connectWithinMs = 3000
const statementWithinMs = 30_000

/** SQLSTATE types whose values come as text, though a number or an ISO time is meant. */
const [int8, numeric, timestamp, timestamptz] = [20, 1700, 1114, 1184] as const

/**
 * @param pathOrUrl a SQLite file, or `postgres://…`
 * @throws AppError `DATABASE_ABSENT`, `DATABASE_UNREADABLE`
 */
export function openRequestLogReader(pathOrUrl: string): Promise<RequestLogReader> {
  return /^postgres(ql)?:\/\//.test(pathOrUrl) ? openPostgres(pathOrUrl) : openSqlite(pathOrUrl)
}

async function openSqlite(path: string): Promise<RequestLogReader> {
  const db = await openReadonly(path)
  return {
    dialect: 'sqlite',
    query: async (sql, params = []) => {
      try {
        const statement = db.prepare(translateSql(sql))
        if (!statement.reader) throw new Error('the statement returns no rows; only questions can be asked here')
        // `$1` is a name to SQLite.
        const named = Object.fromEntries(params.map((value, at) => [String(at + 1), value]))
        return (params.length === 0 ? statement.all() : statement.all(named)) as SqlRow[]
      } catch (error) {
        throw sqlError(error, sql)
      }
    },
    close: async () => void db.close(),
  }
}

async function openPostgres(url: string): Promise<RequestLogReader> {
  const {default: pg} = await import('pg')
  const plain = (oid: number, format?: 'text' | 'binary') => {
    if (oid === int8) return (text: string) => (Number.isSafeInteger(Number(text)) ? Number(text) : text)
    if (oid === numeric) return Number
    if (oid === timestamp || oid === timestamptz) return isoTime
    return pg.types.getTypeParser(oid, format as 'text')
  }
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectWithinMs,
    query_timeout: statementWithinMs + 1000,
    application_name: 'only1mcp console',
    types: {getTypeParser: plain as typeof pg.types.getTypeParser},
  })
  client.on('error', () => {}) // the query that is under way, or the next one, tells
  try {
    await client.connect()
    await client.query(
      `SET statement_timeout = ${statementWithinMs}; SET default_transaction_read_only = on; SET timezone = 'UTC'`,
    )
  } catch (error) {
    client.end().catch(() => {}) // it never was there
    throw new AppError('DATABASE_UNREADABLE', `PostgreSQL cannot be read: ${messageOf(error)}`, {cause: error})
  }
  return {
    dialect: 'postgres',
    query: async (sql, params = []) => {
      await client.query('BEGIN READ ONLY')
      try {
        // The extended protocol takes one statement: no second one can end the transaction.
        const question = {text: sql, values: [...params], queryMode: 'extended'}
        return (await client.query<SqlRow>(question)).rows
      } catch (error) {
        const {position} = error as {position?: string}
        throw sqlError(error, sql, position === undefined ? undefined : Number(position) - 1)
      } finally {
        await client.query('ROLLBACK').catch(() => {}) // the connection is gone, and the transaction with it
      }
    },
    close: () => client.end(),
  }
}

/** `2026-11-22 10:00:00.123456+00` as rows of SQLite have it. */
function isoTime(text: string): string {
  const time = new Date(
    `${text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')}${/[+-]\d\d(:\d\d)?$/.test(text) ? '' : 'Z'}`,
  )
  return Number.isNaN(time.getTime()) ? text : time.toISOString()
}
