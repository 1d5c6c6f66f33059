import {lineChanges} from './line-changes.ts'
import {maskedLines} from './masked-text.ts'

const around = 2

/** What an edit at one place changes, as `diff -u` shows it, secrets masked. Empty where it changes nothing. */
export function editDiff(before: string, after: string): string[] {
  const changes = lineChanges(before, after)
  if (changes === undefined) return []
  const [old, now] = [maskedLines(before), maskedLines(after)]
  const head = changes.line - 1
  const from = Math.max(0, head - around)
  const oldEnd = head + changes.removed.length
  const lead = old.slice(from, head)
  const removed = old.slice(head, oldEnd)
  const added = now.slice(head, head + changes.added.length)
  const rest = old.slice(oldEnd, oldEnd + around)
  const count = (lines: number): number => lead.length + lines + rest.length
  return [
    `@@ -${from + 1},${count(removed.length)} +${from + 1},${count(added.length)} @@`,
    ...lead.map(line => ` ${line}`),
    ...removed.map(line => `-${line}`),
    ...added.map(line => `+${line}`),
    ...rest.map(line => ` ${line}`),
  ]
}
