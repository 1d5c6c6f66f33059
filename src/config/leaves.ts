import type {KeyPath} from './schema-walk.ts'

export interface Leaf {
  readonly path: KeyPath
  /** Text, number, true/false, or an empty map or list. */
  readonly value: unknown
}

/** Every value of a configuration that holds no other, in the order of the file. */
export function leavesOf(value: unknown, path: KeyPath = []): Leaf[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null) return [{path, value}]
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
  return entries.length === 0 ? [{path, value}] : entries.flatMap(([key, item]) => leavesOf(item, [...path, key]))
}
