import {isMap, isScalar, isSeq} from 'yaml'
import {locate} from './locate.ts'
import type {Span} from './problem.ts'
import type {KeyPath} from './schema-walk.ts'
import {spanOf, type YamlSource} from './yaml-source.ts'

/** What the file says at a place, in words fit for a message; never a secret and never a variable's value. */
export interface Found {
  readonly kind: 'nothing' | 'map' | 'list' | 'number' | 'boolean' | 'text' | 'absent'
  /** `"30 sec"`, `the number 5`, `a list`. */
  readonly words: string
  /** The scalar as it is written, without quotes; undefined where it must not be shown. */
  readonly written: string | undefined
  readonly quoted: boolean
}

export function foundAt(source: YamlSource, path: KeyPath, masked: readonly Span[]): Found {
  const place = locate(source, path)
  if (place === undefined) return {kind: 'absent', words: 'nothing', written: undefined, quoted: false}
  const node = place.value
  if (isMap(node)) return {kind: 'map', words: 'a map', written: undefined, quoted: false}
  if (isSeq(node)) return {kind: 'list', words: 'a list', written: undefined, quoted: false}
  if (!isScalar(node) || node.value === null)
    return {kind: 'nothing', words: 'nothing', written: undefined, quoted: false}
  const at = spanOf(node) ?? {start: 0, end: 0}
  const hidden = overlaps(masked, at)
  const quoted = /^["']/.test(source.text.slice(at.start, at.start + 1))
  if (hidden) return {kind: kindOf(node.value), words: 'a value that is not shown', written: undefined, quoted}
  const written = node.source ?? String(node.value)
  const short = written.length > 60 ? `${written.slice(0, 59)}…` : written
  const kind = kindOf(node.value)
  const words = kind === 'number' ? `the number ${short}` : kind === 'boolean' ? short : JSON.stringify(short)
  return {kind, words, written, quoted}
}

/** @param spans in order and apart from each other */
function overlaps(spans: readonly Span[], at: Span): boolean {
  let low = 0
  let high = spans.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((spans[middle]?.end ?? 0) <= at.start) low = middle + 1
    else high = middle
  }
  return (spans[low]?.start ?? Number.POSITIVE_INFINITY) < at.end
}

function kindOf(value: unknown): 'number' | 'boolean' | 'text' {
  if (typeof value === 'number' || typeof value === 'bigint') return 'number'
  return typeof value === 'boolean' ? 'boolean' : 'text'
}
