import type {KeyPath} from './schema-walk.ts'

export type Severity = 'error' | 'warning'

/** One thing that is wrong with a configuration file, ready to be shown: no text in it holds a secret. */
export interface Problem {
  readonly severity: Severity
  /** Stable, for programs: `key.unknown`, `value.type` … */
  readonly code: string
  readonly message: string
  readonly file: string
  /** From 1; 1:1 where the file as a whole is meant. Columns count UTF-16 units, as editors do. */
  readonly line: number
  readonly column: number
  /** `servers[0].timeout`; empty for the file. */
  readonly path: string
  readonly suggestion: string | null
  /** The lines of the source with a caret under the place, fit for a terminal; empty where there is none to show. */
  readonly frame: readonly string[]
  /** The other place of a duplicate. */
  readonly related: readonly RelatedPlace[]
}

export interface RelatedPlace {
  readonly message: string
  readonly line: number
  readonly column: number
  readonly frame: readonly string[]
}

/** Offsets into the text, end exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** A problem before it has lines and frames. */
export interface Finding {
  readonly severity: Severity
  readonly code: string
  readonly message: string
  readonly path: KeyPath
  readonly at: Span
  readonly suggestion?: string | undefined
  readonly related?: {readonly message: string; readonly at: Span}
}

/** `servers[0].env["A B"]`: keys as one would write them in a program. */
export function pathText(path: KeyPath): string {
  let text = ''
  for (const key of path) {
    if (typeof key === 'number') text += `[${key}]`
    else if (/^[A-Za-z_][A-Za-z0-9_-]*$/.test(key)) text += text === '' ? key : `.${key}`
    else text += `[${JSON.stringify(key)}]`
  }
  return text
}

/** The keys of `validate --json`. */
export function problemJson(problem: Problem): object {
  const {severity, code, message, file, line, column, path, suggestion} = problem
  return {severity, code, message, file, line, column, path, suggestion}
}
