import {replaceSpans} from '../mcp/splice.ts'
import type {Backend} from './backend.ts'
import {ExposedKeys} from './exposed-keys.ts'
import type {BackendLists} from './link.ts'
import {allListKinds, type ListKind} from './list-kinds.ts'
import {exposedName} from './names.ts'
import type {BackendList, ListEntry} from './read-list.ts'
import type {LogMessage} from './runtime-log.ts'
import {isFallback, type ServerGroup, type Target} from './server-group.ts'

/** Where calls that name a thing go. */
export interface Route {
  /** All that have it: primaries first, then fallbacks. */
  readonly targets: readonly Target[]
  /** What the first of them says of it. */
  readonly entry: ListEntry
  /** A spare of another one is not: nobody wants to see both. */
  readonly listed: boolean
}

type GrowingRoute = Route & {readonly targets: Target[]; listed: boolean}

/** One merged list as a client sees it. */
export interface MergedList {
  readonly routes: ReadonlyMap<string, Route>
  /** The elements, without the brackets, ready to be sent. */
  readonly elements: Buffer
  /** How many that are. */
  readonly count: number
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
  readonly groups: readonly ServerGroup[]
  /** What a backend lists for the clients of this catalogue; undefined while that is not known. */
  readonly listsOf: (backend: Backend) => BackendLists | undefined
  readonly log: (message: LogMessage) => void
}

interface Merging {
  readonly kind: ListKind
  readonly routes: Map<string, Route>
  /** Routes of groups with primaries by the name before the prefix. */
  readonly byName: Map<string, GrowingRoute[]>
  readonly elements: Buffer[]
}

/** The merged lists, built once for each change and then handed out as bytes. */
export class Catalogue {
  readonly #options: CatalogueOptions
  #groups: readonly ServerGroup[]
  #built: Merged | undefined
  readonly #keys: ExposedKeys
  /** Tools of groups without a primary, by their name before the prefix. */
  readonly #standIns = new Map<string, Route>()

  constructor(options: CatalogueOptions) {
    this.#options = options
    this.#groups = options.groups
    this.#keys = new ExposedKeys(options.log)
  }

  /** Other servers from now on; whoever asks next sees their lists. */
  regroup(groups: readonly ServerGroup[]): void {
    this.#groups = groups
    this.invalidate()
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
   * The lists once every group that starts has given its own. A server that has had its `timeoutMs` already is not waited
   * for again: a hanging one costs each list nothing.
   */
  async settled(timeoutMs: number): Promise<Merged> {
    for (;;) {
      const waiting = this.#groups.flatMap(group => this.#settling(group, timeoutMs))
      if (waiting.length === 0) return this.current
      await Promise.race(waiting.map(({backend, restMs}) => backend.changed(restMs)))
    }
  }

  /** The members that a group's lists have to be waited for; none where one has given its own. */
  #settling({members}: ServerGroup, timeoutMs: number): {backend: Backend; restMs: number}[] {
    if (members.length > 1 && members.some(backend => backend.lists !== undefined)) return []
    return members
      .map(backend => ({backend, restMs: timeoutMs - (backend.settlingMs ?? timeoutMs)}))
      .filter(({restMs}) => restMs > 0)
  }

  /** The group that a name's prefix means, where its lists are not known. */
  absentOwner(name: string): ServerGroup | undefined {
    return this.#groups.find(
      group =>
        enabledOf(group).length > 0 &&
        this.#present(group).length === 0 &&
        name.startsWith(exposedName(group.naming, '')),
    )
  }

  /** What stands in for a tool of a group whose lists are not known: a fallback that has one of that name. */
  standIn(group: ServerGroup, name: string): Route | undefined {
    void this.current
    return this.#standIns.get(name.slice(exposedName(group.naming, '').length))
  }

  #present(group: ServerGroup): Backend[] {
    return enabledOf(group).filter(backend => this.#options.listsOf(backend) !== undefined)
  }

  #build(): Merged {
    this.#standIns.clear()
    const groups = this.#groups.filter(group => enabledOf(group).length > 0)
    // What stands in for others comes last: it has to know what there is.
    const ordered = [...groups.filter(({standsIn}) => !standsIn), ...groups.filter(({standsIn}) => standsIn)]
    const merged = Object.fromEntries(allListKinds.map(kind => [kind, this.#merge(kind, ordered)])) as Record<
      ListKind,
      MergedList
    >
    const owners = groups.filter(({standsIn}) => !standsIn)
    const ids = (all: readonly Backend[]): string[] => all.map(({id}) => id)
    return {
      lists: merged,
      absent: owners.filter(group => this.#present(group).length === 0).flatMap(group => ids(enabledOf(group))),
      stale: owners
        .map(group => this.#present(group))
        .filter(present => present.length > 0 && !present.some(({usable}) => usable))
        .flatMap(ids),
    }
  }

  #merge(kind: ListKind, groups: readonly ServerGroup[]): MergedList {
    const merging: Merging = {kind, routes: new Map(), byName: new Map(), elements: []}
    let ttlMs = Number.POSITIVE_INFINITY
    let cacheScope: MergedList['cacheScope'] = 'public'
    for (const group of groups) {
      const present = this.#present(group)
      const primaries = present.some(backend => !isFallback(backend))
      const own = new Map<string, GrowingRoute>()
      for (const backend of present) {
        const list = this.#options.listsOf(backend)?.[kind]
        if (list === undefined) continue
        ttlMs = Math.min(ttlMs, list.ttlMs)
        if (list.cacheScope === 'private') cacheScope = 'private'
        this.#take(merging, group, backend, list, own, primaries && isFallback(backend))
      }
    }
    const {routes, elements} = merging
    return {
      routes,
      elements: joinWithCommas(elements),
      count: elements.length,
      ttlMs: Number.isFinite(ttlMs) ? ttlMs : 0,
      cacheScope,
    }
  }

  /** One member's list into the merged one. @param onlyHelps it has no entries of its own beside those of primaries */
  #take(
    merging: Merging,
    group: ServerGroup,
    backend: Backend,
    list: BackendList,
    own: Map<string, GrowingRoute>,
    onlyHelps: boolean,
  ): void {
    const {kind, routes, byName, elements} = merging
    const givenAway = backend.rules.givenAway(kind, list.entries)
    for (const entry of list.entries) {
      const offered = backend.rules.offered(kind, entry.key)
      if (offered === undefined) continue
      const target: Target = {group, backend, key: entry.key}
      const known = own.get(offered)
      if (known && !known.targets.some(each => each.backend === backend)) {
        known.targets.push(target)
        continue
      }
      if (onlyHelps) continue
      // A name that the operator gave to something else is not the one's that has it at the server.
      const taken = offered === entry.key && givenAway.has(offered)
      const key = this.#keys.free({kind, backend, entry, offered, taken}, routes)
      if (key === undefined) continue
      const route: GrowingRoute = {targets: [target], entry, listed: true}
      routes.set(key, route)
      own.set(offered, route)
      const helped = group.standsIn && kind === 'tools' ? this.#helpedBy(route, target, offered, byName) : false
      if (!group.standsIn) byName.set(offered, [...(byName.get(offered) ?? []), route])
      route.listed = !helped
      if (route.listed) elements.push(renamed(entry, key))
    }
  }

  #helpedBy(route: Route, target: Target, offered: string, byName: ReadonlyMap<string, GrowingRoute[]>): boolean {
    if (!this.#standIns.has(offered)) this.#standIns.set(offered, route)
    const helped = byName.get(offered) ?? []
    for (const each of helped) each.targets.push(target)
    return helped.length > 0
  }
}

function enabledOf({members}: ServerGroup): readonly Backend[] {
  return members.filter(backend => backend.status !== 'disabled')
}

/** An entry's description under the key that clients see. */
export function renamed(entry: ListEntry, key: string): Buffer {
  if (key === entry.key) return entry.bytes
  return replaceSpans(entry.bytes, [{span: entry.keySpan, with: Buffer.from(JSON.stringify(key))}])
}

export function joinWithCommas(parts: readonly Buffer[]): Buffer {
  const comma = Buffer.from(',')
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [comma, part])))
}
