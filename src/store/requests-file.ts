import {type HealthHistory, healthLine} from './health-history.ts'
import type {RequestLog, StoreNote} from './request-log.ts'
import {requestLine} from './request-row.ts'
import {RowQueue} from './row-queue.ts'
import type {RetentionLimits} from './sqlite/retention.ts'
import {openSqliteFile} from './sqlite/sqlite-thread.ts'

export interface RequestsFileOptions {
  readonly path: string
  readonly limits: RetentionLimits
  readonly tell: (note: StoreNote) => void
}

/** `requests.db`: the request log and the health history of one machine. */
export interface RequestsFile {
  readonly requests: RequestLog
  readonly health: HealthHistory
  /** Writes what waits; what is not written within the time is lost, and said. Twice is harmless. */
  close(deadlineMs: number): Promise<void>
}

export function openRequestsFile({path, limits, tell}: RequestsFileOptions): RequestsFile {
  let lastError: string | null = null
  let droppedBefore = 0
  const file = openSqliteFile({
    path,
    schema: 'requests',
    limits,
    onTrouble: message => {
      lastError = message
      droppedBefore = requests.dropped + health.dropped
      tell({level: 'WARN', kind: 'StoreTrouble', message: `${path} cannot be written: ${message}; rows wait in memory`})
    },
    onRecovered: () => {
      const lost = requests.dropped + health.dropped - droppedBefore
      tell({level: 'INFO', kind: 'StoreRecovered', message: `${path} is written again; ${lost} rows were lost`})
    },
    onReplaced: message => {
      lastError = message
      tell({level: 'WARN', kind: 'StoreReplaced', message})
    },
  })
  const queueFor = (table: string): RowQueue =>
    new RowQueue({send: (lines, _, settled) => file.write(table, lines, settled)})
  const requests = queueFor('request_logs')
  const health = queueFor('health_checks')

  let closing: Promise<void> | undefined
  const close = async (deadlineMs: number): Promise<void> => {
    const waiting = requests.waiting + health.waiting
    const before = requests.dropped + health.dropped
    await Promise.all([requests.close(deadlineMs), health.close(deadlineMs)])
    const lost = requests.dropped + health.dropped - before
    if (lost > 0) {
      const message = `${lost} of the last ${waiting} rows for ${path} are lost${lastError === null ? '' : `: ${lastError}`}`
      tell({level: 'WARN', kind: 'StoreLoss', message})
    }
    await file.close(500)
  }
  return {
    requests: {
      record: row => requests.push(requestLine(row)),
      figures: () => ({
        backend: 'sqlite',
        written: requests.written,
        dropped: requests.dropped,
        spooled: 0,
        spooledTotal: 0,
        state: file.state,
        lastError,
      }),
    },
    health: {record: row => health.push(healthLine(row))},
    close: deadlineMs => {
      closing ??= close(deadlineMs)
      return closing
    },
  }
}
