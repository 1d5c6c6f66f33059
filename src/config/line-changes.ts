export interface LineChanges {
  /** From 1, in the text before. */
  readonly line: number
  readonly removed: readonly string[]
  readonly added: readonly string[]
}

/** The lines between the first and the last that differ; undefined where the texts are the same. */
export function lineChanges(before: string, after: string): LineChanges | undefined {
  if (before === after) return undefined
  const [old, next] = [before.split('\n'), after.split('\n')]
  let start = 0
  while (start < old.length && start < next.length && old[start] === next[start]) start++
  let end = 0
  while (end < old.length - start && end < next.length - start && old.at(-1 - end) === next.at(-1 - end)) end++
  return {line: start + 1, removed: old.slice(start, old.length - end), added: next.slice(start, next.length - end)}
}
