import {type EffectiveValue, effectiveValues, type Override, type ValueSource} from '../config/effective-values.ts'
import {openConfig} from '../config/open-config.ts'
import type {KeyPath} from '../config/schema-walk.ts'
import {safeText} from '../shared/safe-text.ts'
import {configPlace} from './config-place.ts'
import {printJson, printLine} from './output.ts'
import {parsePort} from './start-settings.ts'

export interface ShowRequest {
  readonly file: string | undefined
  readonly includeDefaults: boolean
  readonly json: boolean
  /** What `start` would get with its flags. */
  readonly host: string | undefined
  readonly port: number | undefined
}

/** Prints what is in effect and where each value comes from; never a secret. @throws AppError */
export function showConfig(request: ShowRequest, env: NodeJS.ProcessEnv = process.env): void {
  const opened = openConfig(configPlace(request.file, env), env)
  const all = effectiveValues(opened, overridesOf(request, env))
  const values = request.includeDefaults ? all : all.filter(({source}) => source.kind !== 'default')
  if (request.json)
    return printJson({
      file: opened.path,
      sha256: opened.sha256,
      values: values.map(({path, value, source}) => ({path, value, source})),
    })
  printLine(`# ${safeText(opened.path)}, sha256 ${opened.sha256.slice(0, 12)}…; secrets are not shown`)
  if (values.length === 0) printLine('# nothing is set: --include-defaults shows what holds then')
  for (const line of valueLines(values, opened.path)) printLine(line)
}

/** Aligned as far as that fits, so that the values of a usual file stay on an 80-column screen. */
function valueLines(values: readonly EffectiveValue[], file: string): string[] {
  const rows = values.map(
    each => [safeText(each.path, {max: 120}), shown(each.value), sourceText(each.source, file)] as const,
  )
  const width = (column: 0 | 1, most: number): number =>
    Math.min(most, Math.max(0, ...rows.map(row => row[column].length)))
  const [first, second] = [width(0, 40), width(1, 24)]
  return rows.map(([path, value, source]) => `${path.padEnd(first)}  ${value.padEnd(second)}  ${source}`)
}

function shown(value: unknown): string {
  const text = typeof value === 'string' && /^[\w‹›./:@*-]+$/.test(value) ? value : JSON.stringify(value)
  return safeText(text, {max: 200})
}

function sourceText(source: ValueSource, file: string): string {
  switch (source.kind) {
    case 'file': {
      const name = safeText(file.slice(file.lastIndexOf('/') + 1))
      return `${name}:${source.line}${source.variables.map(variable => `, $${variable}`).join('')}`
    }
    case 'default':
      return 'default'
    case 'environment':
      return `$${source.name}`
    case 'flag':
      return source.name
  }
}

/** What wins over the file, as in `start`. */
function overridesOf({host, port}: ShowRequest, env: NodeJS.ProcessEnv): Override[] {
  const overrides: Override[] = []
  const take = (path: KeyPath, flag: string, given: unknown, name: string, set: unknown): void => {
    if (given !== undefined) overrides.push({path, value: given, source: {kind: 'flag', name: flag}})
    else if (set !== undefined) overrides.push({path, value: set, source: {kind: 'environment', name}})
  }
  take(['server', 'host'], '--host', host, 'ONLY1MCP_HOST', env.ONLY1MCP_HOST)
  take(['server', 'port'], '--port', port, 'ONLY1MCP_PORT', parsePort(env.ONLY1MCP_PORT))
  const format = env.ONLY1MCP_LOG_FORMAT
  take(['observability', 'logging', 'format'], '', undefined, 'ONLY1MCP_LOG_FORMAT', format === '' ? undefined : format)
  for (const [key, name] of [
    ['state', 'ONLY1MCP_STATE_DIR'],
    ['logs', 'ONLY1MCP_LOG_DIR'],
  ] as const)
    take(['paths', key], '', undefined, name, env[name] === '' ? undefined : env[name])
  return overrides
}
