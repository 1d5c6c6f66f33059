const around = 2

/** The one stretch of lines in which two texts differ, as `diff -u` shows it; for edits that touch one place. */
export function lineDiff(before: string, after: string): string[] {
  if (before === after) return []
  const [a, b] = [before.split(/\r?\n/), after.split(/\r?\n/)]
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++
  const from = Math.max(0, head - around)
  const [removed, added] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)]
  const last = a.slice(a.length - tail, a.length - tail + around)
  const lead = a.slice(from, head)
  const length = (middle: readonly string[]): number => lead.length + middle.length + last.length
  return [
    `@@ -${from + 1},${length(removed)} +${from + 1},${length(added)} @@`,
    ...lead.map(line => ` ${line}`),
    ...removed.map(line => `-${line}`),
    ...added.map(line => `+${line}`),
    ...last.map(line => ` ${line}`),
  ]
}
