import type {Backend} from '../backend.ts'
import type {LogMessage} from '../runtime-log.ts'
import {retire} from './retire.ts'

export interface RetirementsOptions {
  readonly now: () => number
  readonly log: (message: LogMessage) => void
}

/** A process that is asked to end and does not is killed after this. */
const graceMs = 2000

/** The servers that are no longer configured and still have calls to answer. */
export class Retirements {
  readonly #options: RetirementsOptions
  readonly #retiring = new Set<Promise<unknown>>()
  readonly #hurry = new AbortController()

  constructor(options: RetirementsOptions) {
    this.#options = options
  }

  /** @param release ends what else holds connections to it */
  begin(backend: Backend, release: () => Promise<void>): void {
    const {now, log} = this.#options
    const retired = retire(backend, {now, graceMs, release, hurry: this.#hurry.signal}).then(cutOff =>
      log({
        level: cutOff > 0 ? 'WARN' : 'INFO',
        module: 'reload',
        kind: 'ServerRetired',
        message: 'a server that is no longer configured has ended',
        pairs: {server_id: backend.id, target: backend.target, cut_off: cutOff},
      }),
    )
    this.#retiring.add(retired)
    void retired.finally(() => this.#retiring.delete(retired))
  }

  /** They do not wait for calls any longer. @returns when all have ended */
  async hurry(): Promise<void> {
    this.#hurry.abort()
    await Promise.all(this.#retiring)
  }
}
