import {isDeepStrictEqual} from 'node:util'
import {knownValuesRedactor} from '../redaction/known-values.ts'
import {shownValue} from './effective-values.ts'
import {isSecretPlace} from './is-secret-place.ts'
import {leavesOf} from './leaves.ts'
import type {OpenConfig} from './open-config.ts'
import {pathText} from './problem.ts'
import type {KeyPath} from './schema-walk.ts'

export interface ConfigChange {
  readonly kind: 'added' | 'removed' | 'changed'
  /** `servers[github].timeout`: servers and keys by their id, so that one more at the front changes nothing else. */
  readonly path: string
  readonly before: unknown
  readonly after: unknown
  /** Neither value is shown. */
  readonly secret: boolean
}

export interface Comparison {
  /** With their defaults; `written` where one of the files is not valid, and only what stands in both can be compared. */
  readonly compared: 'effective' | 'written'
  readonly changes: readonly ConfigChange[]
}

/** What differs in meaning: order of keys, comments, spellings of a duration and defaults written out do not count. */
export function compareConfigs(before: OpenConfig, after: OpenConfig): Comparison {
  const effective = before.loaded.ok && after.loaded.ok
  const sides = [before, after].map(side => {
    const value = effective && side.loaded.ok ? side.loaded.config : side.tree.value
    return {values: byIdentity(value), redactor: knownValuesRedactor(side.loaded.ok ? side.loaded.secrets : [])}
  })
  const [a, b] = sides
  if (a === undefined || b === undefined) return {compared: 'effective', changes: []}
  const changes: ConfigChange[] = []
  for (const path of new Set([...a.values.keys(), ...b.values.keys()])) {
    const [from, to] = [a.values.get(path), b.values.get(path)]
    if (from && to && isDeepStrictEqual(from.value, to.value)) continue
    const secret = from?.secret === true || to?.secret === true
    changes.push({
      kind: from === undefined ? 'added' : to === undefined ? 'removed' : 'changed',
      path,
      before: secret && from ? '‹secret›' : a.redactor.value(from?.shown),
      after: secret && to ? '‹secret›' : b.redactor.value(to?.shown),
      secret,
    })
  }
  const order = changedOrder(a.values, b.values)
  return {compared: effective ? 'effective' : 'written', changes: order ? [...changes, order] : changes}
}

interface Seen {
  readonly value: unknown
  readonly shown: unknown
  readonly secret: boolean
}

function byIdentity(config: unknown): Map<string, Seen> {
  const seen = new Map<string, Seen>()
  for (const {path, value} of leavesOf(config)) {
    const named = pathNamed(path, config)
    if (!seen.has(named)) seen.set(named, {value, shown: shownValue(path, value), secret: isSecretPlace(path, config)})
  }
  return seen
}

/** The path with `[id]` for the index of a list whose items have ids. */
function pathNamed(path: KeyPath, config: unknown): string {
  let current = config
  let text = ''
  for (const key of path) {
    const parent = current
    current =
      typeof parent === 'object' && parent !== null ? (parent as Record<string | number, unknown>)[key] : undefined
    const id = Array.isArray(parent) ? (current as {id?: unknown} | null)?.id : undefined
    const step = typeof id === 'string' ? `[${id}]` : pathText([key])
    text += text === '' || step.startsWith('[') ? step : `.${step}`
  }
  return text
}

/** On a clash of names the earlier server keeps its own: the order means something. */
function changedOrder(a: ReadonlyMap<string, Seen>, b: ReadonlyMap<string, Seen>): ConfigChange | undefined {
  const ids = (values: ReadonlyMap<string, Seen>): string[] =>
    [...values.keys()].flatMap(path => /^servers\[(.+)\]\.id$/.exec(path)?.[1] ?? [])
  const [before, after] = [ids(a), ids(b)]
  const [shared, then] = [before.filter(id => after.includes(id)), after.filter(id => before.includes(id))]
  if (isDeepStrictEqual(shared, then)) return undefined
  return {kind: 'changed', path: 'servers (order)', before: shared.join(', '), after: then.join(', '), secret: false}
}
