import Sqlite from 'better-sqlite3'
import {requestLine} from '../../../src/store/request-row.ts'
import {openSqliteFile, type SqliteFile, type SqliteFileOptions} from '../../../src/store/sqlite/sqlite-thread.ts'
import {atEnd} from '../../helpers/at-end.ts'

/** A line for `request_logs`, its id and time chosen by the caller. */
export function lineOf(requestId: string, timestamp = new Date().toISOString()): string {
  return requestLine({
    requestId,
    instance: 'i',
    timestamp,
    method: 'tools/call',
    target: 'tools/call:memory__search',
    serverId: 'memory',
    status: 200,
    outcome: 'answered',
    code: null,
    durationMs: 1.5,
    requestBytes: 288,
    responseBytes: 1027,
    principal: 'anonymous',
    traceId: null,
    cache: null,
    blame: null,
    attempts: 1,
  })
}

export interface TestFile {
  readonly file: SqliteFile
  /** What the operator would read, in order. */
  readonly said: string[]
  /** Resolves when the rows are written; rejects when they are given up. */
  write(...lines: string[]): Promise<void>
}

/** A request log's database in the real thread; closed when the test ends. */
export function openRequests(path: string, limits: Partial<SqliteFileOptions['limits']> = {}): TestFile {
  const said: string[] = []
  const file = openSqliteFile({
    path,
    schema: 'requests',
    limits: {maxAgeMs: 0, maxBytes: 0, ...limits},
    onTrouble: message => said.push(`trouble: ${message}`),
    onRecovered: () => said.push('recovered'),
    onReplaced: message => said.push(`replaced: ${message}`),
  })
  atEnd(() => file.close(2000))
  return {
    file,
    said,
    write: (...lines) =>
      new Promise((resolve, reject) => {
        file.write('request_logs', lines.join('\n'), written => (written ? resolve() : reject(new Error('given up'))))
      }),
  }
}

/** The ids in a database, as another process sees them. */
export function idsIn(path: string): string[] {
  const db = new Sqlite(path, {readonly: true})
  try {
    return db.prepare('SELECT request_id FROM request_logs ORDER BY request_id').pluck().all() as string[]
  } finally {
    db.close()
  }
}
