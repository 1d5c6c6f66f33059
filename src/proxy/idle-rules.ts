import type {UnmatchedRule} from './offer-rules.ts'
import type {LogMessage} from './runtime-log.ts'

/** A rule that matches nothing is a slip of its writer: what it should hide may be in the open. Each is told once. */
export class IdleRules {
  readonly #serverId: string
  readonly #log: (message: LogMessage) => void
  readonly #told = new Set<string>()

  constructor(serverId: string, log: (message: LogMessage) => void) {
    this.#serverId = serverId
    this.#log = log
  }

  warn(rules: readonly UnmatchedRule[]): void {
    for (const {place, pattern} of rules) {
      const key = `${place} ${pattern}`
      if (this.#told.has(key)) continue
      this.#told.add(key)
      this.#log({
        level: 'WARN',
        module: 'backend',
        kind: 'RuleUnmatched',
        message: 'a rule matches nothing that the server lists',
        pairs: {server_id: this.#serverId, rule: place, name: pattern},
      })
    }
  }
}
