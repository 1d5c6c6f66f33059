import type {Backend} from './backend.ts'
import type {Balancer} from './balance/balancer.ts'
import type {Naming} from './names.ts'

/** The servers that are replicas of each other; most have one member. */
export interface ServerGroup {
  /** The `group` of its members, else the id of its only one. */
  readonly id: string
  readonly naming: Naming
  /** Primaries first, then fallbacks, each in the order of the file. */
  readonly members: readonly Backend[]
  /** It has no primary: what it offers stands in for the tools of that name in all groups. */
  readonly standsIn: boolean
  readonly balancer: Balancer
}

/** Where a call can go: a member of a group that has what it names. */
export interface Target {
  readonly group: ServerGroup
  readonly backend: Backend
  /** The server's own name or URI. */
  readonly key: string
}

export function isFallback(backend: Backend): boolean {
  return backend.config.role === 'fallback'
}

/** The one that a message without a name can only belong to; undefined where there are several. */
export function onlyGroup(groups: readonly ServerGroup[]): ServerGroup | undefined {
  const enabled = groups.filter(({members}) => members.some(backend => backend.status !== 'disabled'))
  return enabled.length === 1 ? enabled[0] : undefined
}

export function groupsOf(backends: readonly Backend[], newBalancer: () => Balancer): ServerGroup[] {
  const byGroup = new Map<string, Backend[]>()
  for (const backend of backends) {
    const id = backend.config.group ?? backend.id
    byGroup.set(id, [...(byGroup.get(id) ?? []), backend])
  }
  return [...byGroup].map(([id, all]) => {
    const primaries = all.filter(backend => !isFallback(backend))
    const ordered = [...primaries, ...all.filter(isFallback)]
    const naming = ordered[0]?.naming ?? {prefix: id, uriPrefix: ''}
    return {id, naming, members: ordered, standsIn: primaries.length === 0, balancer: newBalancer()}
  })
}
