import {maskedLines} from './masked-text.ts'

const around = 2

/** What an edit at one place changes, as `diff -u` shows it, secrets masked. Empty where it changes nothing. */
export function editDiff(before: string, after: string): string[] {
  if (before === after) return []
  const [old, now] = [before.split('\n'), after.split('\n')]
  let head = 0
  while (head < old.length && head < now.length && old[head] === now[head]) head++
  let tail = 0
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++
  const [shownOld, shownNow] = [maskedLines(before), maskedLines(after)]
  const from = Math.max(0, head - around)
  const context = shownOld.slice(from, head)
  const removed = shownOld.slice(head, old.length - tail)
  const added = shownNow.slice(head, now.length - tail)
  const after2 = shownOld.slice(old.length - tail, old.length - tail + around)
  const count = (lines: number): number => context.length + lines + after2.length
  return [
    `@@ -${from + 1},${count(removed.length)} +${from + 1},${count(added.length)} @@`,
    ...context.map(line => ` ${line}`),
    ...removed.map(line => `-${line}`),
    ...added.map(line => `+${line}`),
    ...after2.map(line => ` ${line}`),
  ]
}
