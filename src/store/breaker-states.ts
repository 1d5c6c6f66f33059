import {openSqliteFile} from './sqlite/sqlite-thread.ts'

/** What is kept of one server's circuit breaker. Times are wall-clock milliseconds since the epoch. */
export interface BreakerRow {
  readonly serverId: string
  readonly state: 'closed' | 'open' | 'half_open'
  readonly openedAt: number | null
  readonly failures: number
  /** When the next trial is due. */
  readonly until: number | null
}

export interface BreakerStates {
  /** What the last run saved; nothing where the file is new, damaged or cannot be read. Never rejects. */
  load(): Promise<BreakerRow[]>
  /** Kept soon; of several states of one server within 100 ms only the newest. Costs no time of the caller. */
  save(row: BreakerRow): void
  /** Saves what waits, within a second. Twice is harmless. */
  close(): Promise<void>
}

const saveAfterMs = 100
const closeWithinMs = 1000
const states: readonly unknown[] = ['closed', 'open', 'half_open']

/**
 * Breaker states that survive a restart, so that it does not hammer a dead server. Deleting the file resets them.
 * @param onWarning gets the sentence for the operator, once for each trouble
 */
export function openBreakerStates(path: string, onWarning: (message: string) => void): BreakerStates {
  const file = openSqliteFile({
    path,
    schema: 'breakers',
    limits: {maxAgeMs: 0, maxBytes: 0},
    onTrouble: message => onWarning(`circuit breaker states cannot be kept: ${message}`),
    onRecovered: () => {},
    onReplaced: onWarning,
  })
  const waiting = new Map<string, BreakerRow>()
  let timer: NodeJS.Timeout | undefined
  /** While the file takes none, the states wait here, one a server. */
  let underWay = false
  const flush = (last = false): void => {
    clearTimeout(timer)
    timer = undefined
    if ((underWay && !last) || waiting.size === 0) return
    underWay = true
    const lines = [...waiting.values()].map(row =>
      JSON.stringify([row.serverId, row.state, row.openedAt, row.failures, row.until]),
    )
    waiting.clear()
    file.write('circuit_breakers', lines.join('\n'), () => {
      underWay = false
      flush()
    })
  }
  return {
    load: async () => (await file.read('circuit_breakers')).flatMap(breakerRow),
    save: row => {
      waiting.set(row.serverId, row)
      timer ??= setTimeout(flush, saveAfterMs).unref()
    },
    close: async () => {
      flush(true)
      await file.close(closeWithinMs)
    },
  }
}

/** Anybody may have written into the file. */
function breakerRow(raw: unknown): BreakerRow[] {
  const row = raw as Record<string, unknown>
  if (typeof row.server_id !== 'string' || !states.includes(row.state) || typeof row.failures !== 'number') return []
  return [
    {
      serverId: row.server_id,
      state: row.state as BreakerRow['state'],
      openedAt: typeof row.opened_at === 'number' ? row.opened_at : null,
      failures: row.failures,
      until: typeof row.until === 'number' ? row.until : null,
    },
  ]
}
