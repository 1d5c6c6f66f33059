import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendConnection} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import {allListKinds, type ListKind, listsChangedBy} from './list-kinds.ts'
import {type BackendList, emptyList, readList} from './read-list.ts'

export type BackendLists = Readonly<Record<ListKind, BackendList>>

const noLists: BackendLists = {tools: emptyList, prompts: emptyList, resources: emptyList, templates: emptyList}

export interface LinkOptions {
  readonly connection: BackendConnection
  readonly identity: ClientIdentity
  readonly timeoutMs: number
  /** The lists differ from before, or are known for the first time. */
  readonly onLists: () => void
  readonly onFault: (failure: CallFailure) => void
}

/** A connection to a backend together with what the backend lists on it. */
export class Link {
  readonly connection: BackendConnection
  /** What a legacy backend was told last (`logging/setLevel`). */
  logLevel: string | undefined
  readonly #options: LinkOptions
  #lists: BackendLists | undefined
  #loading: Promise<unknown> | undefined

  constructor(options: LinkOptions) {
    this.#options = options
    this.connection = options.connection
  }

  /** Undefined until all four have been read once. */
  get lists(): BackendLists | undefined {
    return this.#lists
  }

  /** Reads all lists, once. Never rejects: a list that cannot be read is empty, and the fault is reported. */
  load(): Promise<unknown> {
    this.#loading ??= this.#read(allListKinds)
    return this.#loading
  }

  /**
   * Reads anew what a `list_changed` notification speaks of. Resolves when the lists are current; at once for any other.
   * @returns whether they differ from before
   */
  async changed(notification: string): Promise<boolean> {
    const kinds = listsChangedBy(notification)
    if (kinds.length === 0) return false
    await this.#loading // else the one list would be known before the others, and they would seem to be empty
    return this.#read(kinds)
  }

  async #read(kinds: readonly ListKind[]): Promise<boolean> {
    const read = await Promise.all(kinds.map(async kind => [kind, await this.#readOne(kind)] as const))
    const before = this.#lists
    const after = {
      ...(before ?? noLists),
      ...Object.fromEntries(read.map(([kind, list]) => [kind, list ?? before?.[kind] ?? emptyList])),
    }
    this.#lists = after
    const differ = before === undefined || kinds.some(kind => !sameList(before[kind], after[kind]))
    if (differ) this.#options.onLists()
    return differ
  }

  async #readOne(kind: ListKind): Promise<BackendList | undefined> {
    try {
      const {identity, timeoutMs, onFault} = this.#options
      return await readList(this.connection, kind, identity, timeoutMs, onFault)
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      this.#options.onFault(error)
      return undefined
    }
  }
}

/** Some servers announce a changed list that is the same: nobody needs to hear of it. */
function sameList(before: BackendList, after: BackendList): boolean {
  if (before.entries.length !== after.entries.length) return false
  return before.entries.every((entry, index) => after.entries[index]?.bytes.equals(entry.bytes))
}
