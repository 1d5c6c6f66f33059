import {replaceSpans} from '../mcp/splice.ts'
import type {Backend} from './backend.ts'
import type {BackendLists} from './link.ts'
import {allListKinds, type ListKind} from './list-kinds.ts'
import {exposedName, exposedUri} from './names.ts'
import type {ListEntry} from './read-list.ts'
import type {LogMessage} from './runtime-log.ts'

/** Where calls that name a thing go. */
export interface Route {
  readonly backend: Backend
  /** The backend's own name or URI. */
  readonly key: string
  readonly entry: ListEntry
}

/** One merged list as a client sees it. */
export interface MergedList {
  readonly routes: ReadonlyMap<string, Route>
  /** The elements, without the brackets, ready to be sent. */
  readonly elements: Buffer
  readonly ttlMs: number
  readonly cacheScope: 'public' | 'private'
}

/** All lists at one moment. */
export interface Merged {
  readonly lists: Readonly<Record<ListKind, MergedList>>
  /** Servers that are in no list: they have not answered yet. */
  readonly absent: readonly string[]
  /** Servers whose entries are from before they went away. */
  readonly stale: readonly string[]
}

export interface CatalogueOptions {
  readonly backends: readonly Backend[]
  /** What a backend lists for the clients of this catalogue; undefined while that is not known. */
  readonly listsOf: (backend: Backend) => BackendLists | undefined
  readonly log: (message: LogMessage) => void
}

/** Longest name that the protocol allows; a longer one is left out and named in the log. */
const longestName = 128
/** MCP, "Tool names". */
const validName = /^[A-Za-z0-9_./-]+$/

/** The merged lists, built once for each change and then handed out as bytes. */
export class Catalogue {
  readonly #options: CatalogueOptions
  #built: Merged | undefined
  readonly #reported = new Set<string>()

  constructor(options: CatalogueOptions) {
    this.#options = options
  }

  get backends(): readonly Backend[] {
    return this.#options.backends
  }

  /** A backend's lists or status changed. */
  invalidate(): void {
    this.#built = undefined
  }

  get current(): Merged {
    this.#built ??= this.#build()
    return this.#built
  }

  /**
   * The lists once every backend that starts has given its own. One that has had its `timeoutMs` already is not waited
   * for again: a hanging server costs each list nothing.
   */
  async settled(timeoutMs: number): Promise<Merged> {
    for (;;) {
      const rests = this.backends.map(backend => ({backend, restMs: timeoutMs - (backend.settlingMs ?? timeoutMs)}))
      const waiting = rests.filter(({restMs}) => restMs > 0)
      if (waiting.length === 0) return this.current
      await Promise.race(waiting.map(({backend, restMs}) => backend.changed(restMs)))
    }
  }

  /** The server that a name's prefix means, where its lists are not known. */
  absentOwner(name: string): Backend | undefined {
    const {backends, listsOf} = this.#options
    return backends.find(
      backend =>
        listsOf(backend) === undefined &&
        backend.status !== 'disabled' &&
        name.startsWith(exposedName(backend.naming, '')),
    )
  }

  #build(): Merged {
    const {backends, listsOf} = this.#options
    const enabled = backends.filter(backend => backend.status !== 'disabled')
    const present = enabled.flatMap(backend => {
      const lists = listsOf(backend)
      return lists === undefined ? [] : [{backend, lists}]
    })
    const merged = Object.fromEntries(allListKinds.map(kind => [kind, this.#merge(kind, present)])) as Record<
      ListKind,
      MergedList
    >
    return {
      lists: merged,
      absent: enabled.filter(backend => listsOf(backend) === undefined).map(backend => backend.id),
      stale: present.filter(({backend}) => !backend.usable).map(({backend}) => backend.id),
    }
  }

  #merge(kind: ListKind, present: readonly {backend: Backend; lists: BackendLists}[]): MergedList {
    const routes = new Map<string, Route>()
    const elements: Buffer[] = []
    let ttlMs = Number.POSITIVE_INFINITY
    let cacheScope: MergedList['cacheScope'] = 'public'
    for (const {backend, lists} of present) {
      const list = lists[kind]
      ttlMs = Math.min(ttlMs, list.ttlMs)
      if (list.cacheScope === 'private') cacheScope = 'private'
      const givenAway = backend.rules.givenAway(kind, list.entries)
      for (const entry of list.entries) {
        const offered = backend.rules.offered(kind, entry.key)
        if (offered === undefined) continue
        // A name that the operator gave to something else is not the one's that has it at the server.
        const taken = offered === entry.key && givenAway.has(offered)
        const key = this.#freeKey(kind, backend, entry, offered, taken, routes)
        if (key === undefined) continue
        routes.set(key, {backend, key: entry.key, entry})
        elements.push(renamed(entry, key))
      }
    }
    return {routes, elements: joinWithCommas(elements), ttlMs: Number.isFinite(ttlMs) ? ttlMs : 0, cacheScope}
  }

  /** The exposed key: prefixed, and on a clash with an earlier server's entry named after the server's id. */
  #freeKey(
    kind: ListKind,
    backend: Backend,
    entry: ListEntry,
    offered: string,
    taken: boolean,
    routes: ReadonlyMap<string, Route>,
  ): string | undefined {
    if (kind === 'resources' || kind === 'templates') {
      const uri = exposedUri(backend.naming, offered)
      if (!routes.has(uri)) return uri
      this.#report(
        kind,
        backend,
        entry,
        'UriTaken',
        'a resource is left out of the list: an earlier server has its URI',
        uri,
      )
      return undefined
    }
    const wanted = exposedName(backend.naming, offered)
    const name = taken || routes.has(wanted) ? `${backend.id}__${offered}` : wanted
    const occupied = routes.has(name) || (taken && name === wanted)
    if (name.length > longestName || !validName.test(name) || occupied) {
      const why =
        name.length > longestName
          ? 'its name is too long'
          : occupied
            ? 'its name is taken'
            : 'its name has characters that clients refuse'
      if (occupied || kind === 'tools') {
        this.#report(kind, backend, entry, 'NameUnusable', `an entry is left out of the list: ${why}`, name)
        return undefined
      }
      this.#report(kind, backend, entry, 'OddName', `an entry is in the list although ${why}`, name)
    }
    if (name !== wanted) this.#report(kind, backend, entry, 'NameClash', 'an entry is exposed under another name', name)
    return name
  }

  #report(list: ListKind, backend: Backend, entry: ListEntry, kind: string, message: string, exposed: string): void {
    const key = `${kind} ${list} ${backend.id} ${entry.key}`
    if (this.#reported.has(key) || this.#reported.size > 1000) return
    this.#reported.add(key)
    this.#options.log({
      level: 'WARN',
      module: 'catalogue',
      kind,
      message,
      pairs: {server_id: backend.id, list, name: entry.key, exposed},
    })
  }
}

function renamed(entry: ListEntry, key: string): Buffer {
  if (key === entry.key) return entry.bytes
  return replaceSpans(entry.bytes, [{span: entry.keySpan, with: Buffer.from(JSON.stringify(key))}])
}

function joinWithCommas(parts: readonly Buffer[]): Buffer {
  const comma = Buffer.from(',')
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [comma, part])))
}
