import {homedir} from 'node:os'
import {resolve} from 'node:path'
import {formatDuration} from '../shared/duration.ts'
import {safeText} from '../shared/safe-text.ts'
import type {FoundBy} from './discover.ts'
import type {LoadedConfig} from './loaded-config.ts'
import {resolveLogDir, stateDirCandidates} from './paths.ts'
import {type Paint, problemLines} from './problem-lines.ts'
import type {BackendConfig, Config} from './schema.ts'

const foundByWords: Readonly<Record<FoundBy, string>> = {
  flag: 'named on the command line',
  env: 'named by ONLY1MCP_CONFIG',
  cwd: 'found in the current folder',
  home: "found in the user's configuration folder",
  system: 'found in the system configuration folder',
}

/** Every problem with its frame, then one line that says whether the file is valid. */
export function validationLines(loaded: LoadedConfig, paint?: Paint): string[] {
  const {problems, path} = loaded
  const errors = problems.filter(({severity}) => severity === 'error').length
  const warnings = many(problems.length - errors, 'warning')
  const verdict = loaded.ok
    ? `${safeText(path)} is valid: ${many(loaded.config.servers.length, 'server')}, ${warnings}`
    : `${safeText(path)} is not valid: ${many(errors, 'error')}, ${warnings}`
  return [...problems.flatMap(problem => [...problemLines(problem, paint), '']), verdict]
}

/** How the file was found, and what would be in effect. Headers, environments and arguments are left out. */
export function effectiveLines(loaded: LoadedConfig, how: FoundBy, env: NodeJS.ProcessEnv): string[] {
  const lines = [`file      ${safeText(resolve(loaded.path))} (${foundByWords[how]})`]
  if (!loaded.ok) return lines
  const {config, sha256} = loaded
  const {metrics} = config.observability
  const state = stateDirCandidates({env, config, home: homedir()})
  const logs = state.map(stateDir => resolveLogDir({env, config, stateDir}))
  return [
    ...lines,
    `sha256    ${sha256}`,
    `listen    ${authority(config.server)} (MCP at /mcp)`,
    `metrics   ${metrics.enabled ? `${authority(metrics)}/metrics` : 'off'}`,
    `state     ${state.map(path => safeText(path)).join(', else ')}`,
    `logs      ${[...new Set(logs)].map(path => safeText(path)).join(', else ')}`,
    ...config.servers.map(server => `server    ${serverLine(server, config)}`),
  ]
}

function serverLine(server: BackendConfig, config: Config): string {
  const timeout = formatDuration(server.timeout ?? config.server.request_timeout)
  const off = server.enabled ? '' : ', disabled'
  return `${safeText(server.id)}: ${target(server)}, timeout ${timeout}${off}`
}

function target({command, endpoint, transport}: BackendConfig): string {
  if (command !== undefined) return `stdio, ${safeText(command)}`
  if (endpoint === undefined) return 'no command or endpoint'
  // What stands before "@" and behind "?" may be a secret.
  const {origin, pathname} = new URL(endpoint)
  return `${transport ?? 'http'}, ${safeText(origin + pathname)}`
}

function authority({host, port}: {readonly host: string; readonly port: number}): string {
  return `http://${host.includes(':') ? `[${safeText(host)}]` : safeText(host)}:${port}`
}

function many(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
