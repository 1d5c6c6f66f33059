import type {Access, ServerName} from '../../auth/access.ts'
import type {Backend} from '../backend.ts'
import {joinWithCommas, type Merged, type MergedList, type Route, renamed} from '../catalogue.ts'
import type {ClientScope, ListSource} from '../client-scope.ts'
import {allListKinds, type ListKind} from '../list-kinds.ts'
import type {Services} from '../method-call.ts'
import {exposedName} from '../names.ts'
import type {ServerGroup, Target} from '../server-group.ts'

/** What holders of certain rights see of the runtime. Kept by rights, never by who asked: equal rights, equal lists. */
export class RestrictedView {
  readonly access: Access
  readonly services: Services
  readonly #scopes = new WeakMap<ClientScope, ClientScope>()

  constructor(access: Access, services: Services) {
    this.access = access
    this.services = {
      ...services,
      get backends() {
        return services.backends.filter(backend => access.allowsServer(serverName(backend)))
      },
      get groups() {
        return services.groups.flatMap(group => restrictGroup(group, access) ?? [])
      },
    }
  }

  /** The same connections, with lists that hold what may be used and nothing else. */
  scope(scope: ClientScope): ClientScope {
    let restricted = this.#scopes.get(scope)
    if (restricted === undefined) {
      restricted = {
        catalogue: this.lists(scope.catalogue),
        get holds() {
          return scope.holds
        },
        prepare: timeoutMs => scope.prepare(timeoutMs),
        lease: (backend, timeoutMs, signal) => scope.lease(backend, timeoutMs, signal),
        tell: method => scope.tell(method),
        ownLink: backend => scope.ownLink(backend),
        close: () => scope.close(),
      }
      this.#scopes.set(scope, restricted)
    }
    return restricted
  }

  /** The part of the lists that may be seen; built once for each change of the whole. */
  lists(lists: ListSource): ListSource {
    const {access} = this
    let built: {readonly of: Merged; readonly view: Merged} | undefined
    const viewOf = (merged: Merged): Merged => {
      if (built?.of !== merged) built = {of: merged, view: this.#restrict(merged)}
      return built.view
    }
    return {
      get current() {
        return viewOf(lists.current)
      },
      settled: async timeoutMs => viewOf(await lists.settled(timeoutMs)),
      // A tool of a server that is away: the same answer as for one that is not there, unless it may be used.
      absentOwner: name => {
        const owner = lists.absentOwner(name)
        if (owner === undefined) return undefined
        const own = name.slice(exposedName(owner.naming, '').length)
        return owner.members.some(each => access.allowsTool(serverName(each), name, own)) ? owner : undefined
      },
      standIn: (group, name) => lists.standIn(group, name),
    }
  }

  #restrict({lists, absent, stale}: Merged): Merged {
    const visible = new Set(this.services.backends.map(backend => backend.id))
    return {
      lists: Object.fromEntries(
        allListKinds.map(kind => [kind, restrictList(kind, lists[kind], this.access)]),
      ) as Record<ListKind, MergedList>,
      absent: absent.filter(id => visible.has(id)),
      stale: stale.filter(id => visible.has(id)),
    }
  }
}

function restrictList(kind: ListKind, list: MergedList, access: Access): MergedList {
  const may = ({backend, key: own}: Target, exposed: string): boolean =>
    kind === 'tools' ? access.allowsTool(serverName(backend), exposed, own) : access.allowsServer(serverName(backend))
  const routes = new Map<string, Route>()
  const elements: Buffer[] = []
  for (const [key, route] of list.routes) {
    const owner = route.targets[0]?.group
    // What stands in for a tool comes with the right to that tool.
    const targets = route.targets.filter(target => target.group !== owner || may(target, key))
    if (!targets.some(({group}) => group === owner)) continue
    routes.set(key, {...route, targets})
    if (route.listed) elements.push(renamed(route.entry, key))
  }
  // It holds for these rights alone: no cache may hand it to others (MCP 2026-07-28, caching).
  return {routes, elements: joinWithCommas(elements), count: elements.length, ttlMs: list.ttlMs, cacheScope: 'private'}
}

/** The members of a group whose prompts and resources may be used; undefined where there is none. */
function restrictGroup(group: ServerGroup, access: Access): ServerGroup | undefined {
  const members = group.members.filter(backend => access.allowsServer(serverName(backend)))
  if (members.length === group.members.length) return group
  return members.length === 0 ? undefined : {...group, members}
}

function serverName({config: {id, group}}: Backend): ServerName {
  return {id, group}
}
