import type {ServerSnapshot} from '../control/contract/server.ts'
import type {HealthHistory} from '../store/health-history.ts'

/** Writes a server's changes of status into the health history: one row for each change, not for each look. */
export class HealthNotes {
  readonly #history: HealthHistory | null
  readonly #now: () => string
  readonly #last = new Map<string, ServerSnapshot['status']>()

  /** @param now ISO-8601 UTC */
  constructor(history: HealthHistory | null, now: () => string) {
    this.#history = history
    this.#now = now
  }

  note({id, status, lastError}: ServerSnapshot): void {
    if (this.#history === null || this.#last.get(id) === status) return
    this.#last.set(id, status)
    const ok = status === 'up'
    const error = ok ? null : (lastError?.message ?? null)
    this.#history.record({serverId: id, timestamp: this.#now(), ok, status, latencyMs: null, error})
  }
}
