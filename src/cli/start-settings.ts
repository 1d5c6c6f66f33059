import {homedir} from 'node:os'
import {resolve} from 'node:path'
import {assertTrustedConfig, configNotFound, discoverConfig, type FoundBy} from '../config/discover.ts'
import {loadConfigInProcess} from '../config/load-in-process.ts'
import {invalidConfig, type LoadedConfig, type LoadOptions} from '../config/loaded-config.ts'
import {resolveLogDir, resolveStateDir} from '../config/paths.ts'
import type {Problem} from '../config/problem.ts'
import type {Config} from '../config/schema.ts'
import type {RecordingPaths} from '../proxy/profiling/recording-paths.ts'
import type {ConfigSource} from '../proxy/reload/config-source.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {whyNotWritable} from '../shared/files.ts'
import {applyFilter, type LogFilter, moduleName, parseLogFilter} from '../shared/log-filter.ts'
import type {LogFormat} from '../shared/log-line.ts'

/** What the command line says; each wins over the environment, and that over the file. */
export interface StartFlags {
  readonly config: string | undefined
  readonly host: string | undefined
  readonly port: number | undefined
  readonly logLevel: string | undefined
  readonly logFormat: string | undefined
  readonly profile: boolean
  readonly recordings: RecordingPaths
}

export interface StartSettings {
  readonly config: Config
  readonly configPath: string
  readonly configSha256: string
  readonly secrets: readonly string[]
  readonly warnings: readonly Problem[]
  /** Where a reload reads the configuration; variables and flags are those of the start. */
  readonly source: ConfigSource
  readonly stateDir: string
  readonly logDir: string
  /** Whole paths. */
  readonly recordings: RecordingPaths
}

/**
 * Everything that a start needs, settled before anything is opened.
 * @param load here, or in a thread of its own
 * @throws AppError `CONFIG_NOT_FOUND`, `CONFIG_INVALID`, `CONFIG_UNTRUSTED`, `BAD_SETTING`
 */
export async function settleStart(
  flags: StartFlags,
  env: NodeJS.ProcessEnv,
  cwd: string,
  load: (path: string, options: LoadOptions) => LoadedConfig | Promise<LoadedConfig>,
): Promise<StartSettings> {
  const discovered = discoverConfig({flag: flags.config, env, cwd, home: homedir()})
  if ('tried' in discovered) throw configNotFound(discovered.tried)
  assertTrustedConfig(discovered.found, discovered.how)
  const configPath = resolve(cwd, discovered.found)
  const loaded = await load(configPath, {env, forStart: true})
  if (!loaded.ok) throw invalidConfig(loaded)
  const config = withOverrides(loaded.config, flags, env)
  const stateDir = resolveStateDir({env, config, home: homedir()})
  return {
    config,
    configPath,
    configSha256: loaded.sha256,
    secrets: loaded.secrets,
    warnings: loaded.problems,
    source: {path: configPath, load: () => loadAgain(configPath, discovered.how, flags, env)},
    stateDir,
    logDir: resolveLogDir({env, config, stateDir}),
    recordings: recordingPaths(flags.recordings, cwd),
  }
}

/** @throws AppError where root does not take it any more */
async function loadAgain(path: string, how: FoundBy, flags: StartFlags, env: NodeJS.ProcessEnv): Promise<LoadedConfig> {
  const loaded = await loadConfigInProcess(path, {env, forStart: true})
  if (!loaded.ok) return loaded
  assertTrustedConfig(path, how)
  return {...loaded, config: withOverrides(loaded.config, flags, env)}
}

function withOverrides(config: Config, flags: StartFlags, env: NodeJS.ProcessEnv): Config {
  const host = flags.host ?? env.ONLY1MCP_HOST ?? config.server.host
  const port = flags.port ?? parsePort(env.ONLY1MCP_PORT) ?? config.server.port
  const {level, modules} = filterOf(config, flags, env)
  const format =
    formatOf('--log-format', flags.logFormat) ??
    formatOf('ONLY1MCP_LOG_FORMAT', env.ONLY1MCP_LOG_FORMAT) ??
    config.observability.logging.format
  return {
    ...config,
    server: {...config.server, host, port},
    ...(flags.profile && {profiling: {host: '127.0.0.1', port: 6060, ...config.profiling, enabled: true}}),
    observability: {...config.observability, logging: {...config.observability.logging, level, modules, format}},
  }
}

/** @throws AppError where a file could not be written in the end: that is told now, not after days of recording */
function recordingPaths(given: RecordingPaths, cwd: string): RecordingPaths {
  const flags = {cpu: '--profile-cpu', mem: '--profile-mem', trace: '--trace'} as const
  const whole: Record<string, string> = {}
  for (const kind of ['cpu', 'mem', 'trace'] as const) {
    const path = given[kind]
    if (path === undefined) continue
    whole[kind] = resolve(cwd, path)
    const why = path === '' ? 'the name is empty' : whyNotWritable(whole[kind])
    if (why !== undefined) {
      throw new AppError('RECORDING_UNWRITABLE', `${flags[kind]} ${path}: cannot be written: ${why}`, {
        fix: 'Name a file in a folder that exists and that this user may write to.',
      })
    }
  }
  if (new Set(Object.values(whole)).size < Object.keys(whole).length) {
    throw new AppError('RECORDING_UNWRITABLE', 'two recordings cannot go to one file', {exitCode: exitCode.usage})
  }
  return whole
}

export function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw badSetting('ONLY1MCP_PORT', text, 'a port from 0 to 65535')
}

/** The first of flag, ONLY1MCP_LOG and RUST_LOG that says something, over what the file says. */
function filterOf({observability: {logging}}: Config, flags: StartFlags, env: NodeJS.ProcessEnv): LogFilter {
  const modules = Object.entries(logging.modules ?? {}).map(([name, level]) => [moduleName(name), level] as const)
  const configured: LogFilter = {level: logging.level, modules: Object.fromEntries(modules)}
  const sources = [
    ['--log-level', flags.logLevel],
    ['ONLY1MCP_LOG', env.ONLY1MCP_LOG],
    ['RUST_LOG', env.RUST_LOG],
  ] as const
  for (const [source, text] of sources) {
    // An empty variable says nothing; an empty flag is a slip.
    if (text === undefined || (text.trim() === '' && source !== '--log-level')) continue
    const parsed = parseLogFilter(text)
    if (parsed.ok) return applyFilter(configured, parsed.filter)
    throw new AppError('BAD_SETTING', `${source}: invalid log filter ${JSON.stringify(parsed.part)}: ${parsed.why}`, {
      exitCode: exitCode.usage,
      fix: 'Give a level (info), or levels by module: info,only1mcp::proxy=trace.',
    })
  }
  return configured
}

function formatOf(source: string, text: string | undefined): LogFormat | undefined {
  if (text === undefined || text === '') return undefined
  if (text === 'text' || text === 'json') return text
  throw badSetting(source, text, 'text or json')
}

function badSetting(what: string, value: string, wanted: string): AppError {
  return new AppError('BAD_SETTING', `${what} is ${JSON.stringify(value)}; it must be ${wanted}`, {
    exitCode: exitCode.usage,
  })
}
