import type {ActionId} from '../../control/action.ts'
import type {ActionArgs, ActionResult} from '../../control/contract/actions.ts'
import {messageOf} from '../../shared/errors.ts'
import type {Backend} from '../backend.ts'
import type {ActionHandler} from '../control-server.ts'
import {listKinds} from '../list-kinds.ts'
import type {RuntimeLog} from '../runtime-log.ts'
import type {LiveCache} from './live-cache.ts'

type CacheActions = Readonly<Record<Extract<ActionId, 'cache_clear' | 'cache_rebuild'>, ActionHandler>>

/** What an operator can do to the cache, over the control socket. */
export function cacheActions(
  cache: LiveCache,
  backends: () => readonly Backend[],
  log: Pick<RuntimeLog, 'audit'>,
): CacheActions {
  return {
    cache_clear: async ({server}: ActionArgs): Promise<ActionResult> => {
      if (cache.report()?.enabled !== true) return {ok: false, message: 'no answers are kept: cache.enabled is not set'}
      const id = typeof server === 'string' ? server : undefined
      if (id !== undefined && !backends().some(each => each.id === id))
        return {ok: false, message: `no server has the id ${JSON.stringify(id.slice(0, 64))}`}
      log.audit('cache clear', {via: 'control socket', server_id: id})
      return dropped(cache, id)
    },
    cache_rebuild: async (): Promise<ActionResult> => {
      log.audit('cache rebuild', {via: 'control socket'})
      const cleared = cache.report()?.enabled === true ? await dropped(cache, undefined) : undefined
      const asked = backends().filter(({status}) => status !== 'disabled')
      const read = await Promise.all(asked.map(readLists))
      const missing = asked.filter((_, index) => read[index] !== true).map(({id}) => id)
      const lists = `the lists of ${asked.length - missing.length} of ${asked.length} servers were read anew`
      const away = missing.length === 0 ? [] : [`not up: ${missing.join(', ')}`]
      return {
        ok: missing.length === 0 && cleared?.ok !== false,
        message: [...(cleared ? [cleared.message] : []), lists, ...away].join('; '),
      }
    },
  }
}

async function dropped(cache: LiveCache, id: string | undefined): Promise<ActionResult> {
  const from = id === undefined ? '' : ` of ${id}`
  const before = cache.report()?.entries ?? 0
  try {
    return {ok: true, message: `dropped ${answers(await cache.clear(id))}${from}`}
  } catch (error) {
    const gone = before - (cache.report()?.entries ?? 0)
    return {
      ok: false,
      message: `dropped ${answers(gone)} here; those in Redis end by themselves: ${messageOf(error)}`,
    }
  }
}

function answers(count: number): string {
  return `${count} kept ${count === 1 ? 'answer' : 'answers'}`
}

/** @returns whether it could be asked */
async function readLists(backend: Backend): Promise<boolean> {
  const {link} = backend
  if (link === undefined) return false
  const notifications = new Set(Object.values(listKinds).map(({changed}) => changed))
  await Promise.all([...notifications].map(changed => link.changed(changed)))
  return true
}
