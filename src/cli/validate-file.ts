import {homedir} from 'node:os'
import {configNotFound, discoverConfig, type FoundBy} from '../config/discover.ts'
import {loadConfig, notFound} from '../config/load.ts'
import type {LoadedConfig} from '../config/loaded-config.ts'
import {itemSpan} from '../config/locate.ts'
import {resolveStateDir, stateDirCandidates} from '../config/paths.ts'
import {type Finding, type Problem, pathText} from '../config/problem.ts'
import {readConfigFile} from '../config/read-config-file.ts'
import {report} from '../config/report.ts'
import {usedVariables} from '../config/used-variables.ts'
import {parseYaml} from '../config/yaml-source.ts'
import {knownValuesRedactor} from '../redaction/known-values.ts'
import {type Looked, lookAtFiles} from './resolve-files.ts'

export interface ValidateRequest {
  readonly file: string | undefined
  readonly strict: boolean
  readonly testConnections: boolean
  /** A file that is not there is a problem in the document, not an error of the command. */
  readonly document: boolean
}

export interface Validation {
  readonly loaded: LoadedConfig
  readonly how: FoundBy | undefined
  /** What was looked at outside the file, for --verbose. */
  readonly checked: readonly string[]
}

/** What the file itself cannot change: a setting without effect yet, and another valid spelling. */
const staysWarning = new Set(['setting.inactive', 'key.alias'])

/**
 * Validates a file; with `strict` also what it names on this machine, with `testConnections` its servers too.
 * @throws AppError CONFIG_NOT_FOUND
 */
export async function validateFile(
  request: ValidateRequest,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Validation> {
  const place = discoverConfig({flag: request.file, env, cwd: process.cwd(), home: homedir()})
  if ('tried' in place) {
    if (!request.document) throw configNotFound(place.tried)
    return {loaded: notFound(place.tried), how: undefined, checked: []}
  }
  const loaded = loadConfig(place.found, {env, strict: request.strict})
  const looked = loaded.ok ? await lookAround(loaded, request, env) : []
  const problems = [...loaded.problems, ...problemsOf(looked, loaded)].map(problem =>
    request.strict && !staysWarning.has(problem.code) ? {...problem, severity: 'error' as const} : problem,
  )
  const valid = loaded.ok && !problems.some(({severity}) => severity === 'error')
  const result: LoadedConfig = valid ? {...loaded, problems} : {ok: false, path: loaded.path, problems}
  return {loaded: result, how: place.how, checked: checkedLines(looked, loaded)}
}

type Loaded = LoadedConfig & {ok: true}

/** What is set to nothing was most likely meant to be something. */
function lookAtVariables(path: string, env: NodeJS.ProcessEnv): Looked[] {
  const file = readConfigFile(path)
  if (!file.ok) return []
  return usedVariables(parseYaml(file.text).source).map(({name, at}) => {
    const what = `variable ${name}`
    if (env[name] !== '') return {path: [], what}
    const message = `the variable ${name} is set and empty`
    const suggestion = `give it a value, or write \${${name}:-} where nothing is meant`
    return {path: [], at, what, fault: {code: 'variable.empty', message, suggestion}}
  })
}

async function lookAround({config, path}: Loaded, request: ValidateRequest, env: NodeJS.ProcessEnv): Promise<Looked[]> {
  const looked: Looked[] = []
  if (request.strict) {
    looked.push(...lookAtVariables(path, env), ...lookAtFiles(config, env, Date.now()))
    const {lookAtPorts} = await import('./resolve-ports.ts')
    looked.push(...(await lookAtPorts(config, stateDirCandidates({env, config, home: homedir()}))))
  }
  if (request.testConnections) {
    const {tryServers} = await import('./try-servers.ts')
    looked.push(...(await tryServers(config, resolveStateDir({env, config, home: homedir()}))))
  }
  return looked
}

/** Each with its place in the file; a default has none, then its section is the place. */
function problemsOf(looked: readonly Looked[], loaded: LoadedConfig): Problem[] {
  const file = loaded.ok ? readConfigFile(loaded.path) : undefined
  if (!loaded.ok || file?.ok !== true) return []
  const {source} = parseYaml(file.text)
  const redactor = knownValuesRedactor(loaded.secrets)
  const findings = looked.flatMap(({path, at, fault}): Finding[] => {
    if (fault === undefined) return []
    const {code, message, suggestion} = fault
    const named = path.length === 0 || /^server\./.test(code) ? '' : `${pathText(path)}: `
    return [
      {
        severity: 'error',
        code,
        message: named + redactor.text(message),
        path,
        at: at ?? itemSpan(source, path),
        suggestion,
      },
    ]
  })
  return report(findings, source, loaded.path, true)
}

function checkedLines(looked: readonly Looked[], loaded: LoadedConfig): string[] {
  const redactor = knownValuesRedactor(loaded.ok ? loaded.secrets : [])
  return looked.map(({what, fault}) => redactor.text(`${fault === undefined ? 'ok' : 'FAULT'}  ${what}`))
}
