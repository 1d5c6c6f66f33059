import {knownValuesRedactor} from '../redaction/known-values.ts'
import {formatDuration, parseDuration} from '../shared/duration.ts'
import {isSecretPlace} from './is-secret-place.ts'
import {leavesOf} from './leaves.ts'
import {invalidConfig} from './loaded-config.ts'
import {locate} from './locate.ts'
import type {OpenConfig} from './open-config.ts'
import {pathText} from './problem.ts'
import {pathKey} from './read-tree.ts'
import {type KeyPath, placeAt} from './schema-walk.ts'
import {spanOf} from './yaml-source.ts'

/** Where a value comes from. */
export type ValueSource =
  | {readonly kind: 'file'; readonly line: number; readonly column: number; readonly variables: readonly string[]}
  | {readonly kind: 'default'}
  | {readonly kind: 'environment'; readonly name: string}
  | {readonly kind: 'flag'; readonly name: string}

export interface EffectiveValue {
  /** `servers[0].timeout` */
  readonly path: string
  readonly keys: KeyPath
  /** Durations as text; `‹secret›` in the place of a secret. */
  readonly value: unknown
  readonly source: ValueSource
}

export interface Override {
  readonly path: KeyPath
  readonly value: unknown
  readonly source: ValueSource
}

/**
 * Every value of a configuration in effect, with where it comes from and without its secrets.
 * @throws AppError CONFIG_INVALID
 */
export function effectiveValues(opened: OpenConfig, overrides: readonly Override[] = []): EffectiveValue[] {
  const {loaded} = opened
  if (!loaded.ok) throw invalidConfig(loaded)
  const {config} = loaded
  const redactor = knownValuesRedactor(loaded.secrets)
  const values = leavesOf(config).map(({path, value}): EffectiveValue => {
    const override = overrides.find(each => pathText(each.path) === pathText(path))
    return {
      path: pathText(path),
      keys: path,
      value: isSecretPlace(path, config) ? '‹secret›' : redactor.value(shownValue(path, override?.value ?? value)),
      source: override?.source ?? sourceOf(opened, path),
    }
  })
  const present = new Set(values.map(({path}) => path))
  for (const {path, value, source} of overrides)
    if (!present.has(pathText(path)))
      values.push({path: pathText(path), keys: path, value: redactor.value(value), source})
  return values
}

/** As one would write it in the file. */
export function shownValue(path: KeyPath, value: unknown): unknown {
  if (typeof value !== 'number' || placeAt(path)?.meta.unit !== 'ms') return value
  const text = formatDuration(value)
  return parseDuration(text) === value ? text : `${value}ms`
}

function sourceOf({source, tree}: OpenConfig, path: KeyPath): ValueSource {
  for (const written of spellings(path)) {
    const place = locate(source, written)
    const node = place && (place.own ?? place.key)
    const span = node && spanOf(node)
    if (span === undefined) continue
    const {line, col} = source.lines.linePos(span.start)
    const used = tree.expanded.get(pathKey(written))?.used ?? []
    return {kind: 'file', line, column: col, variables: [...new Set(used.map(({name}) => name))]}
  }
  return {kind: 'default'}
}

/** The place, and where its other spelling would stand. */
function spellings(path: KeyPath): KeyPath[] {
  if (path[0] !== 'health' || path[1] !== 'circuit_breaker') return [path]
  return [path, ['circuit_breaker', path[2] === 'recovery_timeout' ? 'timeout' : (path[2] ?? ''), ...path.slice(3)]]
}
