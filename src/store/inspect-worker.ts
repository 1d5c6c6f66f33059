import {statSync} from 'node:fs'
import {parentPort, workerData} from 'node:worker_threads'
import {AppError, errnoCode, messageOf} from '../shared/errors.ts'
import {isDamage} from './sqlite/damage.ts'
import {openReadonly} from './sqlite/open-readonly.ts'

/** A file, and what is asked of it. */
export interface InspectOrder {
  readonly path: string
  /** `integrity`: PRAGMA quick_check. Else questions, each with its parameters. */
  readonly ask: 'integrity' | readonly {readonly sql: string; readonly params: readonly unknown[]}[]
}

export interface InspectAnswer {
  readonly bytes: number
  readonly faults: readonly string[]
  /** Rows of each question. */
  readonly rows: readonly (readonly Readonly<Record<string, unknown>>[])[]
}

const mostFaults = 5

async function inspect({path, ask}: InspectOrder): Promise<InspectAnswer> {
  const bytes = statSync(path, {throwIfNoEntry: false})?.size ?? 0
  let db: Awaited<ReturnType<typeof openReadonly>>
  try {
    db = await openReadonly(path)
  } catch (error) {
    const cause = error instanceof AppError ? error.cause : error
    if (isDamage(cause)) return {bytes, faults: [messageOf(cause)], rows: []}
    throw error
  }
  try {
    if (ask !== 'integrity')
      return {bytes, faults: [], rows: ask.map(({sql, params}) => db.prepare(sql).all(...params) as [])}
    const said = db.pragma(`quick_check(${mostFaults})`) as {quick_check: string}[]
    return {bytes, faults: said.map(row => row.quick_check).filter(line => line !== 'ok'), rows: []}
  } catch (error) {
    if (isDamage(error)) return {bytes, faults: [messageOf(error)], rows: []}
    throw error
  } finally {
    db.close()
  }
}

try {
  parentPort?.postMessage(await inspect(workerData as InspectOrder))
} catch (error) {
  const code = error instanceof AppError ? error.code : (errnoCode(error) ?? 'DATABASE_UNREADABLE')
  parentPort?.postMessage({code, message: messageOf(error)})
}
