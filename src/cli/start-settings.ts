import {homedir} from 'node:os'
import {resolve} from 'node:path'
import {assertTrustedConfig, configNotFound, discoverConfig} from '../config/discover.ts'
import {invalidConfig, loadConfig} from '../config/load.ts'
import {resolveLogDir, resolveStateDir} from '../config/paths.ts'
import type {Problem} from '../config/problem.ts'
import type {Config} from '../config/schema.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {type LogFormat, type LogLevel, logLevels} from '../shared/log-line.ts'

/** What the command line says; each wins over the environment, and that over the file. */
export interface StartFlags {
  readonly config: string | undefined
  readonly host: string | undefined
  readonly port: number | undefined
  readonly logLevel: string | undefined
  readonly logFormat: string | undefined
}

export interface StartSettings {
  readonly config: Config
  readonly configPath: string
  readonly configSha256: string
  readonly secrets: readonly string[]
  readonly warnings: readonly Problem[]
  readonly stateDir: string
  readonly logDir: string
}

/**
 * Everything that a start needs, settled before anything is opened.
 * @throws AppError `CONFIG_NOT_FOUND`, `CONFIG_INVALID`, `CONFIG_UNTRUSTED`, `BAD_SETTING`
 */
export function settleStart(flags: StartFlags, env: NodeJS.ProcessEnv, cwd: string): StartSettings {
  const discovered = discoverConfig({flag: flags.config, env, cwd, home: homedir()})
  if ('tried' in discovered) throw configNotFound(discovered.tried)
  assertTrustedConfig(discovered.found, discovered.how)
  const configPath = resolve(cwd, discovered.found)
  const loaded = loadConfig(configPath, {env, forStart: true})
  if (!loaded.ok) throw invalidConfig(loaded)
  const config = withOverrides(loaded.config, flags, env)
  const stateDir = resolveStateDir({env, config, home: homedir()})
  return {
    config,
    configPath,
    configSha256: loaded.sha256,
    secrets: loaded.secrets,
    warnings: loaded.problems,
    stateDir,
    logDir: resolveLogDir({env, config, stateDir}),
  }
}

function withOverrides(config: Config, flags: StartFlags, env: NodeJS.ProcessEnv): Config {
  const host = flags.host ?? env.ONLY1MCP_HOST ?? config.server.host
  const port = flags.port ?? portOf(env.ONLY1MCP_PORT) ?? config.server.port
  const level = levelOf(flags.logLevel ?? env.ONLY1MCP_LOG ?? env.RUST_LOG) ?? config.observability.logging.level
  const format = formatOf(flags.logFormat ?? env.ONLY1MCP_LOG_FORMAT) ?? config.observability.logging.format
  return {
    ...config,
    server: {...config.server, host, port},
    observability: {...config.observability, logging: {...config.observability.logging, level, format}},
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw badSetting('ONLY1MCP_PORT', text, 'a port from 0 to 65535')
}

function levelOf(text: string | undefined): LogLevel | undefined {
  if (text === undefined || text === '') return undefined
  // RUST_LOG syntax: the entry without a module is the level of all.
  const plain = text.split(',').find(part => !part.includes('='))
  const level = (plain ?? '').trim().toLowerCase()
  if ((logLevels as readonly string[]).includes(level)) return level as LogLevel
  if (plain === undefined) return undefined
  throw badSetting('the log level', text, logLevels.join(', '))
}

function formatOf(text: string | undefined): LogFormat | undefined {
  if (text === undefined || text === '') return undefined
  if (text === 'text' || text === 'json') return text
  throw badSetting('the log format', text, 'text or json')
}

function badSetting(what: string, value: string, wanted: string): AppError {
  return new AppError('BAD_SETTING', `${what} is ${JSON.stringify(value)}; it must be ${wanted}`, {
    exitCode: exitCode.usage,
  })
}
