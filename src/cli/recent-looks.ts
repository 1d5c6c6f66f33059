import type {ServerSnapshot} from '../control/contract/server.ts'
import type {HealthCheckRow} from '../store/health-history.ts'
import type {Glyphs} from '../tui/text/glyphs.ts'
import {latencyBars} from './health-spark.ts'

type Seen = Pick<HealthCheckRow, 'timestamp' | 'ok' | 'latencyMs'>

/** Looks that are kept, and drawn, of each server. */
export const recentLooks = 16

/** The newest probes of each server: from the history at first, then from each snapshot that brings a new one. */
export class RecentLooks {
  readonly #seen = new Map<string, Seen[]>()

  /** Oldest first. */
  add(serverId: string, look: Seen): void {
    const looks = this.#seen.get(serverId) ?? []
    if ((looks.at(-1)?.timestamp ?? '') >= look.timestamp) return
    looks.push(look)
    if (looks.length > recentLooks) looks.shift()
    this.#seen.set(serverId, looks)
  }

  note(servers: readonly Pick<ServerSnapshot, 'id' | 'probe'>[]): void {
    for (const {id, probe} of servers)
      if (probe !== undefined) this.add(id, {timestamp: probe.at, ok: probe.ok, latencyMs: probe.latencyMs})
  }

  /** Nothing was probed: there is nothing to draw. */
  get empty(): boolean {
    return this.#seen.size === 0
  }

  /** The newest at the right. */
  bars(serverId: string, glyphs: Glyphs): string {
    const looks = this.#seen.get(serverId) ?? []
    return latencyBars(
      looks.map(({ok, latencyMs}) => ({ok, ms: latencyMs})),
      glyphs,
    ).padStart(looks.length === 0 ? 0 : recentLooks)
  }
}
