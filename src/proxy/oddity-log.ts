import type {LogMessage} from './runtime-log.ts'

const quietMs = 10_000

/** What a server does that hurts nobody, in the log without a flood: each kind once in ten seconds, with a count. */
export class OddityLog {
  readonly #serverId: string
  readonly #now: () => number
  readonly #log: (message: LogMessage) => void
  readonly #kinds = new Map<string, {loggedAt: number; unlogged: number}>()

  constructor(serverId: string, now: () => number, log: (message: LogMessage) => void) {
    this.#serverId = serverId
    this.#now = now
    this.#log = log
  }

  note(kind: string, detail: string): void {
    const now = this.#now()
    const seen = this.#kinds.get(kind)
    if (seen && now - seen.loggedAt < quietMs) {
      seen.unlogged++
      return
    }
    this.#kinds.set(kind, {loggedAt: now, unlogged: 0})
    this.#log({
      level: 'WARN',
      module: 'backend',
      kind,
      message: 'odd message from a server',
      pairs: {server_id: this.#serverId, detail, since_last: seen && seen.unlogged > 0 ? seen.unlogged : undefined},
    })
  }
}
