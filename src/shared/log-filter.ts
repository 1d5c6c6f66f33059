import {type LogLevel, logLevels} from './log-line.ts'

/** `off` lets nothing but a crash through. */
export type FilterLevel = LogLevel | 'off'

const levels: readonly FilterLevel[] = [...logLevels, 'off']

const ownPrefix = 'only1mcp'

/** From which level on a module's lines are written. */
export interface LogFilter {
  readonly level: FilterLevel
  /** By whole module name (`only1mcp::proxy`); the longest that fits decides. */
  readonly modules: Readonly<Record<string, FilterLevel>>
}

/** What a filter's text says; without a level of its own it is about some modules only. */
export interface FilterText {
  readonly level?: FilterLevel
  readonly modules: Readonly<Record<string, FilterLevel>>
}

export type ParsedFilter =
  | {readonly ok: true; readonly filter: FilterText}
  /** `part` is the text between two commas that is wrong. */
  | {readonly ok: false; readonly part: string; readonly why: string}

/**
 * Reads a level, or the syntax of RUST_LOG: `info,only1mcp::proxy=trace`. A module alone means all of it (trace); one
 * without `only1mcp` in front is taken as ours.
 */
export function parseLogFilter(text: string): ParsedFilter {
  let level: FilterLevel | undefined
  const modules: Record<string, FilterLevel> = {}
  for (const part of text.split(',').map(each => each.trim())) {
    if (part === '') continue
    const [name = '', value, ...more] = part.split('=').map(each => each.trim())
    if (more.length > 0) return {ok: false, part, why: 'expected module=level'}
    const plain = value === undefined ? levelOf(name) : undefined
    if (plain !== undefined) {
      level = plain
      continue
    }
    if (!/^[a-z0-9_]+(::[a-z0-9_]+)*$/i.test(name))
      return {ok: false, part, why: `${JSON.stringify(name)} is neither a level nor a module such as only1mcp::proxy`}
    const wanted = value === undefined ? undefined : levelOf(value)
    if (value !== undefined && wanted === undefined)
      return {ok: false, part, why: `${JSON.stringify(value)} is no level (${levels.join(', ')})`}
    // A word without `::` is far more often a misspelt level than a module.
    if (wanted === undefined && !name.includes('::') && name !== ownPrefix)
      return {ok: false, part, why: `${JSON.stringify(name)} is no level (${levels.join(', ')})`}
    modules[moduleName(name)] = wanted ?? 'trace'
  }
  if (level === undefined && Object.keys(modules).length === 0)
    return {ok: false, part: text, why: 'it names no level and no module'}
  return {ok: true, filter: {...(level !== undefined && {level}), modules}}
}

/** A text with a level of its own stands instead of what was; one about modules only is laid over it. */
export function applyFilter(base: LogFilter, over: FilterText): LogFilter {
  if (over.level !== undefined) return {level: over.level, modules: over.modules}
  return {level: base.level, modules: {...base.modules, ...over.modules}}
}

/** The level that holds for a module: that of its own name, else of the nearest one above it, else the general one. */
export function levelFor(filter: LogFilter, module: string): FilterLevel {
  return explicitLevel(filter, module) ?? filter.level
}

/** Only what was said of this module or one above it, below the root `only1mcp`. */
export function explicitLevel({modules}: LogFilter, module: string): FilterLevel | undefined {
  for (let name = module; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('::')))) {
    if (Object.hasOwn(modules, name)) return modules[name]
  }
  return undefined
}

export function formatLogFilter({level, modules}: LogFilter): string {
  return [level, ...Object.entries(modules).map(([name, each]) => `${name}=${each}`)].join(',')
}

/** Whether a line of `level` passes. */
export function passes(least: FilterLevel, level: LogLevel): boolean {
  return levels.indexOf(level) >= levels.indexOf(least)
}

/** The whole name of a module, as it stands in log lines. */
export function moduleName(name: string): string {
  const lower = name.toLowerCase()
  return lower === ownPrefix || lower.startsWith(`${ownPrefix}::`) ? lower : `${ownPrefix}::${lower}`
}

function levelOf(text: string): FilterLevel | undefined {
  const lower = text.toLowerCase()
  return levels.find(level => level === lower)
}
