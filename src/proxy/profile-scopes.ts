import type {ClientProfile} from './client-profile.ts'
import type {OwnScope} from './client-scope.ts'

const idleMs = 60_000
const maxScopes = 256

interface Entry {
  readonly scope: OwnScope
  lastUsed: number
}

/** Scopes of modern clients, which have no session: one for each set of capabilities, closed after a minute unused. */
export class ProfileScopes {
  readonly #open: (profile: ClientProfile) => OwnScope
  readonly #now: () => number
  readonly #entries = new Map<string, Entry>()
  readonly #timer: NodeJS.Timeout

  constructor(open: (profile: ClientProfile) => OwnScope, now: () => number) {
    this.#open = open
    this.#now = now
    this.#timer = setInterval(() => this.#expire(), idleMs / 2)
    this.#timer.unref()
  }

  for(principal: string, profile: ClientProfile): OwnScope {
    const key = `${principal}\n${profile.fingerprint}`
    let entry = this.#entries.get(key)
    if (entry === undefined) {
      if (this.#entries.size >= maxScopes) this.dropUnused()
      entry = {scope: this.#open(profile), lastUsed: 0}
      this.#entries.set(key, entry)
    }
    entry.lastUsed = this.#now()
    return entry.scope
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    const all = [...this.#entries.values()]
    this.#entries.clear()
    await Promise.all(all.map(({scope}) => scope.close()))
  }

  /** Closes the scope that was not used for longest. @returns false when all have calls in flight */
  dropUnused(): boolean {
    const idle = [...this.#entries].filter(([, {scope}]) => !scope.busy)
    const oldest = idle.reduce<(typeof idle)[number] | undefined>(
      (first, each) => (first === undefined || each[1].lastUsed < first[1].lastUsed ? each : first),
      undefined,
    )
    if (oldest === undefined) return false
    this.#entries.delete(oldest[0])
    void oldest[1].scope.close()
    return true
  }

  #expire(): void {
    for (const [key, {scope, lastUsed}] of this.#entries) {
      if (scope.busy || this.#now() - lastUsed < idleMs) continue
      this.#entries.delete(key)
      void scope.close()
    }
  }
}
