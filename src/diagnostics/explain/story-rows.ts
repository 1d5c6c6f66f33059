import {accessSync, constants} from 'node:fs'
import {AppError, errnoCode, messageOf} from '../../shared/errors.ts'
import {openRequestLogReader, type SqlRow} from '../../store/read-request-log.ts'
import type {StorySource} from './story.ts'
import type {StoryPlaces} from './story-places.ts'

const mostRows = 100

/** Rows of `request_logs` with this value in a column. */
export async function findRows(
  databases: StoryPlaces['databases'],
  column: 'request_id' | 'trace_id',
  value: string,
): Promise<{readonly rows: readonly SqlRow[]; readonly sources: readonly StorySource[]}> {
  const rows: SqlRow[] = []
  const sources: StorySource[] = []
  for (const {name, target} of databases) {
    const missed = target === name ? whyNotSeen(target) : undefined
    if (missed !== undefined) {
      sources.push({name, from: null, found: 0, ...missed})
      continue
    }
    try {
      const reader = await openRequestLogReader(target)
      try {
        const found = await reader.query(`SELECT * FROM request_logs WHERE ${column} = $1 LIMIT ${mostRows}`, [value])
        const [oldest] = await reader.query('SELECT min(timestamp) AS oldest FROM request_logs')
        rows.push(...found)
        const from = typeof oldest?.oldest === 'string' ? oldest.oldest : null
        sources.push({name, state: 'read', why: null, from, found: found.length})
      } finally {
        await reader.close()
      }
    } catch (error) {
      const absent = error instanceof AppError && error.code === 'DATABASE_ABSENT'
      sources.push({name, state: absent ? 'absent' : 'error', why: messageOf(error), from: null, found: 0})
    }
  }
  return {rows, sources}
}

function whyNotSeen(path: string): Pick<StorySource, 'state' | 'why'> | undefined {
  try {
    accessSync(path, constants.R_OK)
    return undefined
  } catch (error) {
    const code = errnoCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return {state: 'absent', why: `there is no database ${path}`}
    return {state: 'denied', why: `no permission to read ${path}`}
  }
}
