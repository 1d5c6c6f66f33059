import type {Backend} from '../backend.ts'
import type {Subscriptions} from '../subscriptions.ts'
import type {Member, ServerPlan} from './server-plan.ts'

/**
 * Resources that clients have subscribed to, of servers that are about to go or to be called otherwise: they are watched
 * at whoever has the same URIs for clients from now on, and end where nobody has.
 * @param before as they were until now
 */
export function handOver(
  before: readonly Member[],
  {members, kept}: Pick<ServerPlan, 'members' | 'kept'>,
  subscriptions: Subscriptions,
): void {
  const untouched = new Set(kept)
  for (const old of before) {
    if (untouched.has(old.backend)) continue
    const next = successorOf(old, members)
    if (next === undefined) {
      subscriptions.end(old.backend)
      continue
    }
    if (next !== old.backend) subscriptions.move(old.backend, next)
    subscriptions.end(next, uri => next.rules.offered('resources', uri) === undefined)
  }
}

/** The one of the same id, else another of its group, a usable one first; with the same URIs for clients. */
export function successorOf(old: Member, members: readonly Member[]): Backend | undefined {
  const {config, naming} = old.settings
  const fitting = members
    .filter(
      ({settings, backend}) =>
        groupOf(settings.config) === groupOf(config) &&
        settings.naming.uriPrefix === naming.uriPrefix &&
        backend.status !== 'disabled',
    )
    .map(({backend}) => backend)
  return fitting.find(({id}) => id === config.id) ?? fitting.find(({usable}) => usable) ?? fitting[0]
}

function groupOf({group, id}: Member['settings']['config']): string {
  return group ?? id
}
