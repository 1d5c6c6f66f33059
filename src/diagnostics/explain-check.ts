import {readFileSync} from 'node:fs'
import type {Check} from './check.ts'
import {checkNamed} from './find-check.ts'

/** What a check is about, for people and programs. */
export interface CheckExplanation extends Pick<Check, 'id' | 'category' | 'severity' | 'title' | 'after'> {
  readonly docs: string
  /** Its section of docs/troubleshooting.md, as it stands there. */
  readonly text: string
}

/** @throws AppError `CHECK_UNKNOWN` */
export function explainCheck(wanted: string): CheckExplanation {
  const {id, category, severity, title, after, docs} = checkNamed(wanted)
  const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8')
  const text = sectionOf(page, docs) ?? ''
  return {id, category, severity, title, after, docs: `docs/troubleshooting.md#${docs}`, text}
}

/** The part of a markdown page from the heading behind `<a id="…"></a>` to the next anchor. */
export function sectionOf(page: string, anchor: string): string | undefined {
  const start = page.indexOf(`<a id="${anchor}"></a>`)
  if (start < 0) return undefined
  const [, ...lines] = page.slice(start).split('\n')
  const end = lines.findIndex(line => line.startsWith('<a id="'))
  return lines
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim()
}
