import {type SafeText, safeText} from '../../shared/safe-text.ts'

/** A value whose every free text is fit for a terminal. Words of a fixed set stay what they are. */
export type Safe<T> = T extends string
  ? string extends T
    ? SafeText
    : T
  : T extends object
    ? {readonly [K in keyof T]: Safe<T[K]>}
    : T

/**
 * Makes everything in a message fit for a terminal, at the store's door: no field can be forgotten. Keys come from the
 * contract's schema and are not touched.
 */
export function makeSafe<T>(value: T, ascii: boolean): Safe<T> {
  return walk(value, ascii) as Safe<T>
}

function walk(value: unknown, ascii: boolean): unknown {
  if (typeof value === 'string') return safeText(value, {ascii})
  if (value === null || typeof value !== 'object') return value
  if (Array.isArray(value)) {
    // Bucket counts are long lists of pairs of numbers: nothing in them to look at.
    return Array.isArray(value[0]) ? value : value.map(each => walk(each, ascii))
  }
  const safe: Record<string, unknown> = {}
  for (const [key, each] of Object.entries(value)) safe[key] = walk(each, ascii)
  return safe
}
