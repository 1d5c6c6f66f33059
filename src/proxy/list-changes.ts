import {setTimeout as pause} from 'node:timers/promises'

/** Between two readings of one list, once they follow each other. */
const betweenMs = 100

/**
 * `list_changed` notifications of one connection. Each has the list read anew, which takes a server longer than saying
 * it again: what comes while one is dealt with is one more after it, and no more.
 */
export class ListChanges {
  readonly #deal: (method: string, params: Buffer | null) => Promise<void>
  readonly #busy = new Set<string>()
  readonly #again = new Map<string, Buffer | null>()

  /** @param deal must not reject */
  constructor(deal: (method: string, params: Buffer | null) => Promise<void>) {
    this.#deal = deal
  }

  hear(method: string, params: Buffer | null): void {
    if (this.#busy.has(method)) this.#again.set(method, params)
    else void this.#run(method, params)
  }

  async #run(method: string, first: Buffer | null): Promise<void> {
    this.#busy.add(method)
    let params: Buffer | null | undefined = first
    while (params !== undefined) {
      await this.#deal(method, params)
      if (this.#again.has(method)) await pause(betweenMs, undefined, {ref: false})
      params = this.#again.get(method)
      this.#again.delete(method)
    }
    this.#busy.delete(method)
  }
}
