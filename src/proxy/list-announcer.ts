import type {Merged} from './catalogue.ts'
import {allListKinds, type ListKind, listKinds} from './list-kinds.ts'

/** Tells clients when a merged list is another one than before: because a backend changed it, came or went. */
export class ListAnnouncer {
  readonly #announce: (method: string) => void
  readonly #seen = new Map<ListKind, Buffer>()

  constructor(announce: (method: string) => void) {
    this.#announce = announce
  }

  compare({lists}: Merged): void {
    const methods = new Set<string>()
    for (const kind of allListKinds) {
      const {elements} = lists[kind]
      if (this.#seen.get(kind)?.equals(elements) !== true) methods.add(listKinds[kind].changed)
      this.#seen.set(kind, elements)
    }
    for (const method of methods) this.#announce(method)
  }
}
