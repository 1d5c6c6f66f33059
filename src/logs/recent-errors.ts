import {type ParsedErrorLine, parseLogLine} from './parse-line.ts'

export interface ErrorKindCount {
  readonly kind: string
  readonly count: number
  /** Its newest line. */
  readonly newest: ParsedErrorLine
}

export interface RecentErrors {
  /** Lines of level ERROR or PANIC within the window. */
  readonly count: number
  readonly panics: number
  /** Most frequent first. */
  readonly byKind: readonly ErrorKindCount[]
  /** The newest lines, newest first. */
  readonly newest: readonly ParsedErrorLine[]
  /** The servers that they are about; null where one of them names none. */
  readonly servers?: readonly string[] | null
  /** The lines do not reach back to the window's start: there may be more. */
  readonly atLeast: boolean
}

export interface RecentErrorsOptions {
  /** The window's start, milliseconds since the epoch. */
  readonly sinceMs: number
  /** How many of the newest lines to keep. */
  readonly keep: number
  /** Whether the file holds more in front of `lines`. */
  readonly truncated: boolean
}

/** Counts what went wrong lately in lines of `error.log`, oldest first. Lines without a time are passed over. */
export function recentErrors(lines: readonly string[], options: RecentErrorsOptions): RecentErrors {
  const recent: ParsedErrorLine[] = []
  let reachesBack = !options.truncated
  for (const line of lines) {
    const parsed = parseLogLine(line)
    if (parsed?.type !== 'error') continue
    const atMs = Date.parse(parsed.at)
    if (atMs < options.sinceMs) reachesBack = true
    else if (atMs >= options.sinceMs && (parsed.level === 'ERROR' || parsed.level === 'PANIC')) recent.push(parsed)
  }
  const newestFirst = recent.reverse()
  return {
    count: newestFirst.length,
    panics: newestFirst.filter(({level}) => level === 'PANIC').length,
    byKind: countKinds(newestFirst),
    newest: newestFirst.slice(0, options.keep),
    servers: serversOf(newestFirst),
    atLeast: !reachesBack,
  }
}

function serversOf(lines: readonly ParsedErrorLine[]): string[] | null {
  const named = new Set(lines.map(({pairs}) => pairs.server_id))
  return named.has(undefined) ? null : [...named].filter(id => id !== undefined)
}

function countKinds(newestFirst: readonly ParsedErrorLine[]): ErrorKindCount[] {
  const kinds = new Map<string, ErrorKindCount>()
  for (const line of newestFirst) {
    const known = kinds.get(line.kind)
    kinds.set(line.kind, {kind: line.kind, count: (known?.count ?? 0) + 1, newest: known?.newest ?? line})
  }
  return [...kinds.values()].sort((a, b) => b.count - a.count)
}
