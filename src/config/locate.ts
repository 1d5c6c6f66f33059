import {isAlias, isMap, isSeq, type Node, type Pair, type YAMLMap} from 'yaml'
import type {Span} from './problem.ts'
import type {KeyPath} from './schema-walk.ts'
import {isMergeKey, keyText, spanOf, type YamlSource} from './yaml-source.ts'

/** A place of the file; `key` is absent for items of lists and the top, `value` where nothing is written. */
export interface Located {
  readonly key: Node | undefined
  readonly value: Node | undefined
  /** What is written at the place itself: the alias, where `value` is what it stands for. */
  readonly own: Node | undefined
}

/** Finds the node that a path leads to, through aliases and merge keys. */
export function locate(source: YamlSource, path: KeyPath): Located | undefined {
  let place: Located = at(source, undefined, source.root)
  for (const step of path) {
    const next: Located | undefined = place.value && child(source, place.value, step, 0)
    if (next === undefined) return undefined
    place = next
  }
  return place
}

/** The value's place, else its key's, else that of what is nearest above. */
export function valueSpan(source: YamlSource, path: KeyPath): Span {
  const place = locate(source, path)
  const node = place && (written(source, place.value) ?? place.key)
  return (node && spanOf(node)) ?? (path.length > 0 ? keySpan(source, path.slice(0, -1)) : {start: 0, end: 1})
}

/** The key's place; for an item of a list its first key, or the item. */
export function keySpan(source: YamlSource, path: KeyPath): Span {
  const place = locate(source, path)
  const first = isMap(place?.value) ? (place.value.items[0]?.key as Node | undefined) : undefined
  const node = place?.key ?? (path.length > 0 ? (first ?? place?.value) : undefined)
  return (node && spanOf(node)) ?? (path.length > 0 ? keySpan(source, path.slice(0, -1)) : {start: 0, end: 1})
}

/** The place itself, aliases not followed. */
export function itemSpan(source: YamlSource, path: KeyPath): Span {
  const own = locate(source, path)?.own
  return (own && spanOf(own)) ?? valueSpan(source, path)
}

/** A value that takes no room (`timeout:`) cannot be pointed at. */
function written(source: YamlSource, node: Node | undefined): Node | undefined {
  const span = node && spanOf(node)
  return span && span.end > span.start && source.text.slice(span.start, span.end).trim() !== '' ? node : undefined
}

function child(source: YamlSource, node: Node, step: string | number, depth: number): Located | undefined {
  if (depth > 20) return undefined
  if (isSeq(node))
    return typeof step === 'number' && step < node.items.length
      ? at(source, undefined, node.items[step] as Node | null)
      : undefined
  if (!isMap(node)) return undefined
  const pair = pairsOf(node).get(String(step))
  if (pair) return at(source, pair.key as Node, pair.value as Node | null)
  for (const {key, value} of node.items) {
    if (!isMergeKey(key)) continue
    const merged = follow(source, value as Node | null)
    const maps = isSeq(merged) ? merged.items.map(item => follow(source, item as Node | null)) : [merged]
    for (const map of maps) {
      const found = map && child(source, map, step, depth + 1)
      if (found) return found
    }
  }
  return undefined
}

const pairs = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>()

/** The keys of a map, the first of equal ones; kept, since a file with many faults asks often. */
function pairsOf(map: YAMLMap): ReadonlyMap<string, Pair> {
  const known = pairs.get(map)
  if (known) return known
  const found = new Map<string, Pair>()
  for (const pair of map.items) {
    const key = keyText(pair.key)
    if (key !== undefined && !isMergeKey(pair.key) && !found.has(key)) found.set(key, pair)
  }
  pairs.set(map, found)
  return found
}

function at(source: YamlSource, key: Node | undefined, node: Node | null): Located {
  return {key, value: follow(source, node), own: node ?? undefined}
}

function follow(source: YamlSource, node: Node | null | undefined): Node | undefined {
  let current = node ?? undefined
  for (let hops = 0; hops < 20 && isAlias(current); hops++) current = source.targets.get(current)
  return isAlias(current) ? undefined : current
}
