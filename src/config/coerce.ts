import type {z} from 'zod'
import {pathKey, type Tree} from './read-tree.ts'
import type {KeyPath} from './schema-walk.ts'

/**
 * Validates; where a number or true/false was expected and the text came from a variable, reads the text as one and
 * validates once more. So `port: ${PORT}` works, and `env: {PORT: ${PORT}}` stays text.
 */
export function coerceExpanded<R extends z.ZodSafeParseResult<unknown>>(
  value: unknown,
  {expanded}: Tree,
  parse: (value: unknown) => R,
): R {
  const first = parse(value)
  if (first.success || expanded.size === 0) return first
  let changed = value
  for (const issue of first.error.issues) {
    if (issue.code !== 'invalid_type' || !expanded.has(pathKey(issue.path as KeyPath))) continue
    changed = replaced(changed, issue.path as KeyPath, item => coerced(item, issue.expected))
  }
  return changed === value ? first : parse(changed)
}

function coerced(value: unknown, expected: string): unknown {
  if (typeof value !== 'string') return value
  if (expected === 'boolean' && (value === 'true' || value === 'false')) return value === 'true'
  const wantsNumber = expected === 'number' || expected === 'int'
  return wantsNumber && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value
}

/** A copy with another value at one place; the same value where nothing changes. */
function replaced(value: unknown, path: KeyPath, change: (value: unknown) => unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return change(value)
  if (typeof value !== 'object' || value === null) return value
  const before = (value as Record<string | number, unknown>)[key]
  const after = replaced(before, rest, change)
  if (after === before) return value
  if (Array.isArray(value)) return value.with(Number(key), after)
  return {...value, [key]: after}
}
