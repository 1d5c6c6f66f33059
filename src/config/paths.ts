import {accessSync, constants, mkdirSync, statSync} from 'node:fs'
import {join, resolve} from 'node:path'
import {AppError, errnoCode, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'

/** The part of a configuration that says where files are kept. */
export interface PathsConfig {
  readonly paths: {readonly state?: string | undefined; readonly logs?: string | undefined}
}

export interface PathOptions {
  readonly env: NodeJS.ProcessEnv
  readonly config?: PathsConfig | undefined
  readonly home: string
}

const systemState = '/var/lib/only1mcp'
const systemLogs = '/var/log/only1mcp'

/**
 * The folders that may hold a runtime's state, the likeliest first. A console looks at every one that exists; one named
 * by variable or file is the only one.
 */
export function stateDirCandidates({env, config, home}: PathOptions): string[] {
  const named = set(env.ONLY1MCP_STATE_DIR) ?? config?.paths.state
  return named === undefined ? [systemState, userState(env, home)] : [resolve(named)]
}

/**
 * The state folder for a runtime that starts: made with mode 0700 where it is missing, but for /var/lib/only1mcp, which
 * is taken when it is there and writable.
 * @throws AppError STATE_DIR_UNUSABLE
 */
export function resolveStateDir(options: PathOptions): string {
  const [first = systemState, second] = stateDirCandidates(options)
  if (second === undefined) return ownFolder(first)
  return isWritableFolder(first) ? first : ownFolder(second)
}

export interface LogDirOptions {
  readonly env: NodeJS.ProcessEnv
  readonly config?: PathsConfig | undefined
  readonly stateDir: string
}

/** Where log files go. The folder need not exist, but for /var/log/only1mcp, which is taken when it is there and writable. */
export function resolveLogDir({env, config, stateDir}: LogDirOptions): string {
  const named = set(env.ONLY1MCP_LOG_DIR) ?? config?.paths.logs
  if (named !== undefined) return resolve(named)
  return isWritableFolder(systemLogs) ? systemLogs : join(stateDir, 'log')
}

function userState(env: NodeJS.ProcessEnv, home: string): string {
  const xdg = set(env.XDG_STATE_HOME)
  // The XDG specification: a relative one is ignored.
  return join(xdg?.startsWith('/') ? xdg : join(home, '.local', 'state'), 'only1mcp')
}

function set(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK)
    return statSync(path).isDirectory()
  } catch {
    return false // missing or not ours: the next candidate
  }
}

/** Makes the folder for this user alone, or takes the one that is there. */
function ownFolder(path: string): string {
  try {
    mkdirSync(path, {recursive: true, mode: 0o700})
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    const why = errnoCode(error) === 'EEXIST' || errnoCode(error) === 'ENOTDIR' ? 'it is no folder' : messageOf(error)
    throw new AppError('STATE_DIR_UNUSABLE', `The state folder ${path} cannot be used: ${why}`, {
      fix: 'Name another one with ONLY1MCP_STATE_DIR, or with paths.state in the configuration.',
      exitCode: exitCode.unable,
      cause: error,
    })
  }
  return path
}
