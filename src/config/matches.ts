import type {KeyPath} from './schema-walk.ts'

/** Every place of a value that a pattern such as `servers.*.tools.deny` names. */
export function matches(value: unknown, pattern: string): KeyPath[] {
  return below(value, pattern.split('.'), [])
}

function below(value: unknown, keys: readonly string[], path: KeyPath): KeyPath[] {
  const [key, ...rest] = keys
  if (key === undefined) return [path]
  if (typeof value !== 'object' || value === null) return []
  if (key === '*') {
    if (Array.isArray(value)) return value.flatMap((item, index) => below(item, rest, [...path, index]))
    return Object.entries(value).flatMap(([name, item]) => below(item, rest, [...path, name]))
  }
  return Object.hasOwn(value, key) ? below((value as Record<string, unknown>)[key], rest, [...path, key]) : []
}

/** The value at a place; undefined where there is none. */
export function valueAt(value: unknown, path: KeyPath): unknown {
  let current = value
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined
    current = (current as Record<string | number, unknown>)[key]
  }
  return current
}
