import {lstatSync, realpathSync, type Stats, statSync} from 'node:fs'
import {dirname, join, resolve} from 'node:path'
import {AppError, errnoCode} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'

/** What named the file: `--config`, ONLY1MCP_CONFIG, or one of the places that are looked at. */
export type FoundBy = 'flag' | 'env' | 'cwd' | 'home' | 'system'

export type Discovered =
  | {readonly found: string; readonly how: FoundBy}
  /** Every place that was looked at; one where the operator named the file. */
  | {readonly tried: readonly string[]}

export interface DiscoverOptions {
  /** Of `--config`. */
  readonly flag?: string | undefined
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  readonly home: string
}

/** Finds the configuration file. One that was named by flag or variable is taken or missed; nothing else stands in for it. */
export function discoverConfig({flag, env, cwd, home}: DiscoverOptions): Discovered {
  const fromEnv = env.ONLY1MCP_CONFIG
  const named: [string, FoundBy][] =
    flag !== undefined ? [[flag, 'flag']] : fromEnv !== undefined && fromEnv !== '' ? [[fromEnv, 'env']] : []
  const places: [string, FoundBy][] = [
    [join(cwd, 'only1mcp.yaml'), 'cwd'],
    [join(cwd, 'config.yaml'), 'cwd'],
    [join(home, '.config', 'only1mcp', 'config.yaml'), 'home'],
    ['/etc/only1mcp/config.yaml', 'system'],
  ]
  const candidates = named.length > 0 ? named : places
  for (const [path, how] of candidates) if (exists(resolve(cwd, path))) return {found: path, how}
  return {tried: candidates.map(([path]) => path)}
}

/** What may not be looked at counts as there: loading it says why it cannot be read. */
function exists(path: string): boolean {
  try {
    statSync(path)
    return true
  } catch (error) {
    const code = errnoCode(error)
    return code !== 'ENOENT' && code !== 'ENOTDIR'
  }
}

/** @param tried the file that was named, or every place that was looked at */
export function configNotFound(tried: string | readonly string[]): AppError {
  const places = typeof tried === 'string' ? [tried] : tried
  return new AppError('CONFIG_NOT_FOUND', `Configuration file not found: ${places.join(', ')}`, {
    fix: [
      'Name it with --config /path/to/config.yaml,',
      'or with the variable ONLY1MCP_CONFIG=/path/to/config.yaml,',
      'or write one to start from: only1mcp config generate > config.yaml',
    ].join('\n'),
    exitCode: exitCode.usage,
  })
}

/**
 * A configuration names programs to run. Root does not take one from the folder it happens to stand in when another
 * user can write it: the file, the folder, or the target of a link.
 * @throws AppError CONFIG_NOT_TRUSTED
 */
export function assertTrustedConfig(path: string, how: FoundBy, uid = process.getuid?.()): void {
  if (uid !== 0 || how !== 'cwd') return
  const absolute = resolve(path)
  const target = realpathSync(absolute)
  for (const place of new Set([absolute, dirname(absolute), target, dirname(target)])) {
    const why = writableByOthers(lstatSync(place))
    if (why === undefined) continue
    throw new AppError('CONFIG_NOT_TRUSTED', `Root does not take ${path} from the current folder: ${place} ${why}`, {
      fix: `Check what it runs, then name it: --config ${path}; or make file and folder writable by root alone.`,
      exitCode: exitCode.unable,
    })
  }
}

function writableByOthers(stats: Stats): string | undefined {
  if (stats.uid !== 0) return `belongs to uid ${stats.uid}`
  // The mode of a link means nothing.
  if (stats.isSymbolicLink() || (stats.mode & 0o022) === 0) return undefined
  return `is writable by ${(stats.mode & 0o002) === 0 ? `group ${stats.gid}` : 'everybody'} (mode ${(stats.mode & 0o7777).toString(8).padStart(4, '0')})`
}
