import type {OfferedEntry} from '../../control/contract/lists.ts'
import {bad, odd, ok, type Step, type StepSide, skipped} from './examination.ts'
import type {ListLook, ListName, Looked} from './look-around.ts'
import type {ServerSeen, Sight} from './seen.ts'
import {opened} from './steps-open.ts'

const plural: Readonly<Record<ListName, string>> = {
  tools: 'tools',
  prompts: 'prompts',
  resources: 'resources',
  templates: 'resource templates',
}

/** How many there are on each way; what is missing through the proxy, and why. */
export function listStep(seen: ServerSeen, name: ListName): Step | null {
  const left = sideOf(seen.direct, name)
  const found = ownOnProxy(seen, name)
  const right = 'side' in found ? found.side : foundSide(found)
  const offered = [seen.direct, seen.proxied].some(sight => 'value' in sight && sight.value.lists[name] !== null)
  const told = 'value' in seen.lists && seen.lists.value[name].length > 0
  if (name !== 'tools' && !offered && !told) return null
  if (name !== 'tools' && left.status === 'skip' && 'names' in found && found.names.length === 0) return null
  const lost = 'names' in found ? losses(seen, name, new Set(found.names)) : []
  return {
    id: name,
    title: plural[name],
    direct: left,
    proxied: lost.some(({grave}) => grave) && right.status === 'ok' ? {...right, status: 'warn'} : right,
    difference: lost.length === 0 ? null : lost.map(({text}) => text).join('; '),
  }
}

function sideOf(sight: Sight<Looked>, name: ListName): StepSide {
  const closed = opened(sight)
  if (closed !== undefined || 'why' in sight) return closed ?? skipped('it was not opened')
  const list = sight.value.lists[name]
  if (list === null) return name === 'tools' ? odd('it offers no tools', {data: {count: 0}}) : ok('it offers none')
  return listSide(
    list,
    list.entries.map(({key}) => key),
    name,
  )
}

function listSide({ms, fault}: ListLook, names: readonly string[], name: ListName): StepSide {
  const more = {ms: round(ms), data: {count: names.length, names}}
  if (fault !== null) return bad(`after ${names.length}: ${fault}`, more)
  return ok(`${names.length} ${plural[name]}`, more)
}

/** Those of the proxy's list that are this server's. */
export function ownOnProxy(
  {proxied, lists, told, entry}: ServerSeen,
  name: ListName,
): {readonly side: StepSide} | {readonly names: readonly string[]; readonly list: ListLook; readonly name: ListName} {
  const closed = opened(proxied)
  if (closed !== undefined || 'why' in proxied) return {side: closed ?? skipped('it was not opened')}
  const away = notListed({lists, told})
  if (away !== undefined) return {side: away}
  const list = proxied.value.lists[name]
  if (list === null) return {side: skipped('the proxy offers none')}
  const keys = list.entries.map(({key}) => key)
  if ('value' in lists) {
    const own = new Set(lists.value[name].flatMap(({exposed}) => exposed ?? []))
    return {names: keys.filter(key => own.has(key)), list, name}
  }
  // An older runtime does not tell whose is whose: the prefix does, as far as it goes.
  const prefix = 'value' in told ? told.value.prefix : 'value' in entry ? entry.value.prefix : ''
  const start = name === 'tools' || name === 'prompts' ? `${prefix}__` : `${prefix.replaceAll('_', '-')}+`
  return {names: prefix === '' ? keys : keys.filter(key => key.startsWith(start)), list, name}
}

/** The runtime has no list of it: what the proxy lists is that of others. */
export function notListed({lists, told}: Pick<ServerSeen, 'lists' | 'told'>): StepSide | undefined {
  if (!('value' in lists) || lists.value.known || !('value' in told)) return undefined
  return skipped(`the runtime has not got its lists: it is ${told.value.status}`)
}

function foundSide({names, list, name}: {names: readonly string[]; list: ListLook; name: ListName}): StepSide {
  return listSide(list, names, name)
}

interface Loss {
  readonly text: string
  /** Not meant so by a rule of the configuration. */
  readonly grave: boolean
}

function losses({direct, lists, id}: ServerSeen, name: ListName, through: ReadonlySet<string>): Loss[] {
  if (!('value' in lists)) return []
  const {known, stale} = lists.value
  if (!known) return []
  const told = new Map(lists.value[name].map(each => [each.key, each]))
  const own = 'value' in direct && direct.value.era !== null ? direct.value.lists[name]?.entries : undefined
  const here = new Set((own ?? []).map(({key}) => key))
  const all = [...told.values()]
  const group = (what: string, keys: readonly string[], grave: boolean): Loss[] =>
    keys.length === 0 ? [] : [{text: `${keys.length} ${what}: ${some(keys)}`, grave}]
  const named = (entries: readonly OfferedEntry[]): string[] =>
    entries.map(
      ({key, exposed, takenBy}) =>
        `${key}${exposed === null ? '' : ` as ${exposed}`}${takenBy === null ? '' : ` (${takenBy} has the name)`}`,
    )
  const taken = all.filter(({takenBy}) => takenBy !== null)
  const renamed = all.filter(each => each.takenBy === null && isRenamed(each))
  const out = all.filter(({hidden, takenBy}) => hidden === 'name' && takenBy === null)
  const offered = all.filter(({exposed, hidden}) => exposed !== null && hidden === null)
  const unseen = offered.filter(({exposed}) => exposed !== null && !through.has(exposed)).map(({key}) => key)
  return [
    ...(stale ? [{text: 'the lists are from before the server went away', grave: true}] : []),
    ...group(
      'withheld by allow or deny',
      all.filter(({hidden}) => hidden === 'rule').map(({key}) => key),
      false,
    ),
    ...group('under another name by a clash', named(taken), true),
    ...group(
      'left out, their names cannot be had',
      out.map(({key}) => key),
      true,
    ),
    ...group('renamed by the configuration', named(renamed), false),
    ...group(
      `stand in for other servers only`,
      all.filter(({hidden}) => hidden === 'spare').map(({key}) => key),
      false,
    ),
    ...group('not shown to this client (roles of its key)', unseen, false),
    ...(own === undefined
      ? []
      : [
          ...group(
            'new, the runtime does not know them yet',
            [...here].filter(key => !told.has(key)),
            true,
          ),
          ...group(
            `stale, ${id} does not list them any more`,
            [...told.keys()].filter(key => !here.has(key)),
            true,
          ),
          ...(name === 'tools' ? group('described otherwise than to the runtime', changed(own, told), true) : []),
        ]),
  ]
}

/** By `rename`: what stands behind the prefix is not its own name. */
function isRenamed({key, wanted}: OfferedEntry): boolean {
  return wanted !== null && wanted !== key && !wanted.endsWith(`__${key}`) && !wanted.endsWith(`+${key}`)
}

function changed(
  own: readonly {key: string; definition: unknown}[],
  told: ReadonlyMap<string, OfferedEntry>,
): string[] {
  return own.flatMap(({key, definition}) => {
    const known = told.get(key)?.definition
    return known === undefined || same(known, definition) ? [] : [key]
  })
}

function same(json: string, value: unknown): boolean {
  try {
    return sorted(JSON.parse(json)) === sorted(value)
  } catch {
    return false // no JSON any more: certainly not the same
  }
}

/** JSON with its keys in order, so that order is no difference. */
function sorted(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )
}

export function some(keys: readonly string[]): string {
  const shown = keys.slice(0, 5).map(key => (key.length > 80 ? `${key.slice(0, 80)}…` : key))
  return shown.join(', ') + (keys.length > 5 ? ` and ${keys.length - 5} more` : '')
}

function round(ms: number): number {
  return Math.round(ms * 10) / 10
}
