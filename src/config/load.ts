import {createHash} from 'node:crypto'
import {dirname, resolve} from 'node:path'
import {coerceExpanded} from './coerce.ts'
import {explainIssues} from './explain-issues.ts'
import {fileProblem} from './file-problem.ts'
import {lint} from './lints.ts'
import type {LoadedConfig, LoadOptions} from './loaded-config.ts'
import {checkVersion} from './old-layout.ts'
import type {Finding} from './problem.ts'
import {readConfigFile} from './read-config-file.ts'
import {readTree, type Tree} from './read-tree.ts'
import {report} from './report.ts'
import {type BackendConfig, type Config, configSchema} from './schema.ts'
import {isSection, type KeyPath} from './schema-walk.ts'
import {secretSpans} from './secret-spans.ts'
import {secretValues} from './secret-values.ts'
import {parseYaml, type YamlSource} from './yaml-source.ts'
import {trapsIn} from './yaml-traps.ts'

/** Reads, expands and validates a configuration file. Never throws for what a file may be or hold, and never waits. */
export function loadConfig(path: string, options: LoadOptions = {}): LoadedConfig {
  const file = readConfigFile(path)
  if (file.ok) return parseConfig(file.text, path, options, file.sha256)
  const {code, message, suggestion, line} = file.fault
  return {ok: false, path, problems: [fileProblem(path, code, message, suggestion, line)]}
}

/** As `loadConfig`, for text that is at hand. Relative folders in it start at the folder of `path`. */
export function parseConfig(
  text: string,
  path: string,
  options: LoadOptions = {},
  sha256 = createHash('sha256').update(text).digest('hex'),
): LoadedConfig {
  const {source, fault} = parseYaml(text.startsWith('\ufeff') ? text.slice(1) : text)
  if (fault) return {ok: false, path, problems: report([fault], source, path, false)}
  const tree = readTree(source, options.env ?? process.env)
  const {findings, config} = examine(tree, source, options)
  const problems = report(findings, source, path, true)
  if (config === undefined || problems.some(({severity}) => severity === 'error')) return {ok: false, path, problems}
  return {
    ok: true,
    config: withAbsoluteFolders(config, dirname(resolve(path))),
    problems,
    path,
    sha256,
    secrets: secretValues(tree),
  }
}

interface Examined {
  readonly findings: readonly Finding[]
  readonly config?: Config
}

function examine(tree: Tree, source: YamlSource, options: LoadOptions): Examined {
  if (tree.value === undefined) return {findings: tree.findings}
  if (tree.value === null && tree.findings.length === 0) return {findings: [emptyFile]}
  const version = checkVersion(tree.value, source)
  if (version) return {findings: [version]}
  const value = withoutEmptySections(withoutFreeKeys(tree.value), [])
  const parsed = coerceExpanded(value, tree, input => configSchema.safeParse(input))
  // A variable that is not set, or an alias of nothing, leaves a value that says nothing about the file.
  const unread = new Set(tree.findings.map(({path}) => JSON.stringify(path)))
  const issues = parsed.error?.issues.filter(({path}) => !unread.has(JSON.stringify(path))) ?? []
  const lintOptions = {strict: options.strict === true, forStart: options.forStart === true}
  const findings = [
    ...tree.findings,
    ...(issues.length > 0
      ? explainIssues(issues, {source, masked: secretSpans(source, true), expanded: tree.expanded})
      : []),
    ...lint(value, source, lintOptions),
    ...trapsIn(value, source),
  ]
  return parsed.success ? {findings, config: parsed.data} : {findings}
}

const emptyFile: Finding = {
  severity: 'error',
  code: 'file.empty',
  message: 'the file is empty',
  suggestion: 'only1mcp config generate > config.yaml writes one to start from',
  path: [],
  at: {start: 0, end: 0},
}

/** Top-level `x-` keys belong to the operator, `$schema` to the editor. */
function withoutFreeKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).filter(([key]) => !isFreeKey(key)))
}

function isFreeKey(key: string): boolean {
  return key.startsWith('x-') || key === '$schema'
}

/** A section whose lines are all commented out is one that is not there. */
function withoutEmptySections(value: unknown, path: KeyPath): unknown {
  if (Array.isArray(value)) return value.map((item, index) => withoutEmptySections(item, [...path, index]))
  if (typeof value !== 'object' || value === null) return value
  const filled = Object.entries(value).filter(([key, item]) => item !== null || !isSection([...path, key]))
  return Object.fromEntries(filled.map(([key, item]) => [key, withoutEmptySections(item, [...path, key])]))
}

/** A relative folder or file starts at the folder of the file, wherever the program was started. */
function withAbsoluteFolders(config: Config, folder: string): Config {
  const {state, logs} = config.paths
  const {tls} = config.server
  const jwt = config.auth?.jwt
  return {
    ...config,
    ...(tls && {
      server: {
        ...config.server,
        tls: {
          ...tls,
          cert: resolve(folder, tls.cert),
          key: resolve(folder, tls.key),
          ...(tls.client_ca !== undefined && {client_ca: resolve(folder, tls.client_ca)}),
        },
      },
    }),
    ...(config.auth &&
      jwt?.key_file !== undefined && {auth: {...config.auth, jwt: {...jwt, key_file: resolve(folder, jwt.key_file)}}}),
    servers: config.servers.map(server => withAbsolutePaths(server, folder)),
    paths: {
      ...config.paths,
      ...(state === undefined ? {} : {state: resolve(folder, state)}),
      ...(logs === undefined ? {} : {logs: resolve(folder, logs)}),
    },
  }
}

function withAbsolutePaths(server: BackendConfig, folder: string): BackendConfig {
  const tls = server.auth?.tls
  if (server.cwd === undefined && tls === undefined) return server
  return {
    ...server,
    ...(server.cwd !== undefined && {cwd: resolve(folder, server.cwd)}),
    ...(tls && {
      auth: {
        ...server.auth,
        tls: Object.fromEntries(
          Object.entries(tls).flatMap(([name, path]) => (path === undefined ? [] : [[name, resolve(folder, path)]])),
        ),
      },
    }),
  }
}

/** The outcome where there is no file to load, for a document that always lists problems. */
export function notFound(tried: readonly string[]): LoadedConfig {
  const path = tried[0] ?? ''
  return {
    ok: false,
    path,
    problems: [fileProblem(path, 'file.missing', `Configuration file not found: ${tried.join(', ')}`)],
  }
}
