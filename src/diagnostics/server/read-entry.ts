import {shownValue} from '../../config/effective-values.ts'
import {isSecretPlace} from '../../config/is-secret-place.ts'
import {leavesOf} from '../../config/leaves.ts'
import {keySpan} from '../../config/locate.ts'
import {openConfig} from '../../config/open-config.ts'
import {pathText} from '../../config/problem.ts'
import type {Config} from '../../config/schema.ts'
import {knownValuesRedactor} from '../../redaction/known-values.ts'
import {transportOf} from '../collect/config-outline.ts'
import {readEnvironment} from '../collect/process-environment.ts'
import type {SharedConfig} from '../collect/shared-config.ts'
import type {EntrySight} from './seen.ts'

export interface EntryRequest {
  readonly path: string
  readonly shared: SharedConfig
  readonly config: Config
  readonly index: number
  /** Of the running runtime. */
  readonly pid: number | null
  /** sha256 of the file that the runtime has read; null where nobody tells. */
  readonly inForce: string | null
}

/** One server's entry as it is in effect: where it stands, its values without secrets, the variables that it needs. */
export function readEntry({path, shared, config, index, pid, inForce}: EntryRequest): EntrySight | undefined {
  const server = config.servers[index]
  const {loaded} = shared
  if (server === undefined || !loaded.ok) return undefined
  const opened = openConfig(path, {...shared.variables})
  const at = keySpan(opened.source, ['servers', index])
  const redactor = knownValuesRedactor(loaded.secrets)
  const prefix = `servers[${index}]`
  const own = leavesOf(server).map(({path: keys, value}) => ({keys, whole: ['servers', index, ...keys], value}))
  const values = own.map(({keys, whole, value}) => ({
    path: pathText(keys),
    value: isSecretPlace(whole, config) ? '‹secret›' : redactor.value(shownValue(whole, value)),
  }))
  const environment = pid === null ? undefined : readEnvironment(pid)
  const names = new Set<string>()
  for (const [key, {used}] of opened.tree.expanded)
    if (key.startsWith(`["servers",${index},`)) for (const {name} of used) names.add(name)
  return {
    file: path,
    line: opened.source.lines.linePos(at.start).line,
    enabled: server.enabled,
    transport: transportOf(server),
    values,
    variables: [...names].map(name => ({
      name,
      set: (shared.variables[name] ?? '') !== '',
      inRuntime: environment === undefined ? null : (environment[name] ?? '') !== '',
    })),
    problems: loaded.problems
      .filter(each => within(each.path, prefix))
      .map(({line, message}) => `line ${line}: ${message}`),
    inForce: inForce === null ? null : inForce === loaded.sha256,
    prefix: server.prefix ?? server.group ?? server.id,
  }
}

function within(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`)
}
