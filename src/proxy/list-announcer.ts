import type {Merged} from './catalogue.ts'
import {allListKinds, type ListKind, listKinds} from './list-kinds.ts'

/**
 * Changes this close together are told as one. Merging the lists anew for each of 100 servers that come up at the same
 * time cost 80 MiB (262 instead of 183 MiB resident).
 */
const gatherMs = 50

/** Tells clients when a merged list is another one than before: because a backend changed it, came or went. */
export class ListAnnouncer {
  readonly #current: () => Merged
  readonly #announce: (method: string) => void
  readonly #seen = new Map<ListKind, Buffer>()
  #timer: NodeJS.Timeout | undefined

  constructor(current: () => Merged, announce: (method: string) => void) {
    this.#current = current
    this.#announce = announce
  }

  /** A list may have changed. */
  note(): void {
    this.#timer ??= setTimeout(() => this.#compare(), gatherMs).unref()
  }

  #compare(): void {
    this.#timer = undefined
    const {lists} = this.#current()
    const methods = new Set<string>()
    for (const kind of allListKinds) {
      const {elements} = lists[kind]
      if (this.#seen.get(kind)?.equals(elements) !== true) methods.add(listKinds[kind].changed)
      this.#seen.set(kind, elements)
    }
    for (const method of methods) this.#announce(method)
  }
}
