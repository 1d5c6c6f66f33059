import type {OfferedEntry, ServerLists} from '../control/contract/lists.ts'
import type {Backend} from './backend.ts'
import type {Merged} from './catalogue.ts'
import type {ListKind} from './list-kinds.ts'
import {exposedName, exposedUri} from './names.ts'
import type {ListEntry} from './read-list.ts'

/** What one server lists, and what of it stands in the merged lists, for consoles. Costs a look-up an entry. */
export function serverLists(backend: Backend, merged: Merged): ServerLists {
  const {lists} = backend
  const of = (kind: ListKind): OfferedEntry[] =>
    (lists?.[kind].entries ?? []).map(entry => offeredEntry(kind, backend, entry, merged))
  return {
    serverId: backend.id,
    known: lists !== undefined,
    stale: lists !== undefined && !backend.usable,
    tools: of('tools'),
    prompts: of('prompts'),
    resources: of('resources'),
    templates: of('templates'),
  }
}

function offeredEntry(kind: ListKind, backend: Backend, entry: ListEntry, merged: Merged): OfferedEntry {
  const {key, bytes} = entry
  const offered = backend.rules.offered(kind, key)
  const head = {key, ...(kind === 'tools' && {definition: bytes.toString('utf8')})}
  if (offered === undefined) return {...head, wanted: null, exposed: null, takenBy: null, hidden: 'rule'}
  const {routes} = merged.lists[kind]
  const named = kind === 'tools' || kind === 'prompts'
  const wanted = named ? exposedName(backend.naming, offered) : exposedUri(backend.naming, offered)
  const ways = named ? [wanted, `${backend.id}__${offered}`] : [wanted]
  const exposed = ways.find(way => routes.get(way)?.targets.some(each => each.backend === backend && each.key === key))
  const owner = exposed === wanted ? undefined : routes.get(wanted)?.targets[0]?.backend
  const takenBy = owner === undefined ? null : owner.id
  if (exposed !== undefined) {
    const listed = routes.get(exposed)?.listed === true
    return {...head, wanted, exposed, takenBy, hidden: listed ? null : 'spare'}
  }
  // A fallback beside primaries has no entries of its own.
  const spare = backend.config.role === 'fallback' && takenBy === null
  return {...head, wanted, exposed: null, takenBy, hidden: spare ? 'spare' : 'name'}
}
