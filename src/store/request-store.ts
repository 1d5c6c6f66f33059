import {join} from 'node:path'
import type {HealthHistory} from './health-history.ts'
import type {RequestLog, StoreNote} from './request-log.ts'
import {openRequestsFile} from './requests-file.ts'

export interface RequestStoreOptions {
  readonly stateDir: string
  /** Null: no request log. */
  readonly requestLog: {
    readonly backend: 'sqlite' | 'postgres'
    /** Milliseconds; 0: no limit. */
    readonly maxAgeMs: number
    /** 0: no limit. */
    readonly maxBytes: number
    /** Of PostgreSQL. */
    readonly url?: string | undefined
  } | null
  /** Whether what is seen of the servers is kept, always in SQLite here. */
  readonly healthHistory: boolean
  readonly tell: (note: StoreNote) => void
}

/** What a runtime remembers of its requests and servers. Nothing is loaded or opened for what is not wanted. */
export interface RequestStore {
  readonly requests: RequestLog | null
  readonly health: HealthHistory | null
  /** Writes what waits, within the time. Twice is harmless. */
  close(deadlineMs: number): Promise<void>
}

const historyMaxAgeMs = 7 * 86_400_000
const historyMaxBytes = 64 * 1024 * 1024

export async function openRequestStore(options: RequestStoreOptions): Promise<RequestStore> {
  const {stateDir, requestLog, healthHistory, tell} = options
  const local = requestLog?.backend === 'sqlite'
  const file =
    local || healthHistory
      ? openRequestsFile({
          path: join(stateDir, 'requests.db'),
          limits: {
            maxAgeMs: local ? requestLog.maxAgeMs : historyMaxAgeMs,
            maxBytes: local ? requestLog.maxBytes : historyMaxBytes,
          },
          tell,
        })
      : undefined
  const closing: {close(deadlineMs: number): Promise<void>}[] = file === undefined ? [] : [file]
  let requests = local ? (file?.requests ?? null) : null
  if (requestLog?.backend === 'postgres' && requestLog.url !== undefined) {
    const {openPostgresLog} = await import('./postgres/postgres-log.ts')
    const spoolDir = join(stateDir, 'spool')
    const maxSpoolBytes = requestLog.maxBytes === 0 ? Number.MAX_SAFE_INTEGER : requestLog.maxBytes
    const log = openPostgresLog({url: requestLog.url, spoolDir, maxSpoolBytes, maxAgeMs: requestLog.maxAgeMs}, tell)
    requests = log.requests
    closing.push(log)
  }
  return {
    requests,
    health: file?.health ?? null,
    close: async deadlineMs => {
      await Promise.all(closing.map(each => each.close(deadlineMs)))
    },
  }
}
