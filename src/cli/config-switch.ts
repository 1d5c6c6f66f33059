import {homedir} from 'node:os'
import {configNotFound, discoverConfig} from '../config/discover.ts'
import {editDiff} from '../config/edit-diff.ts'
import {parseConfig} from '../config/load.ts'
import {invalidConfig} from '../config/loaded-config.ts'
import {matches, valueAt} from '../config/matches.ts'
import {pathText} from '../config/problem.ts'
import {readConfigFile} from '../config/read-config-file.ts'
import {readTree} from '../config/read-tree.ts'
import {replaceKeepingCopy} from '../config/replace-file.ts'
import type {KeyPath} from '../config/schema-walk.ts'
import {setValue} from '../config/set-value.ts'
import {switches} from '../config/switches.ts'
import {parseYaml} from '../config/yaml-source.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'

export interface SwitchRequest {
  /** A section, or the id of a server. */
  readonly key: string
  readonly on: boolean
  readonly file: string | undefined
  readonly dryRun: boolean
}

export interface SwitchDocument {
  readonly file: string
  readonly path: string
  readonly enabled: boolean
  /** false: it was so already, or this was a trial. */
  readonly written: boolean
  readonly changed: boolean
  /** The copy of what was there. */
  readonly backup: string | null
  readonly diff: readonly string[]
}

/**
 * Switches a part of the configuration on or off in its file.
 * @throws AppError `CONFIG_NOT_FOUND`, `UNKNOWN_KEY`, `CONFIG_INVALID` where the edit would break the file, and those of
 * setValue and replaceKeepingCopy
 */
export function switchSetting({key, on, file, dryRun}: SwitchRequest): SwitchDocument {
  const {env} = process
  const place = discoverConfig({flag: file, env, cwd: process.cwd(), home: homedir()})
  if ('tried' in place) throw configNotFound(place.tried)
  const path = place.found
  const read = readConfigFile(path)
  const before = parseConfig(read.ok ? read.text : '', path, {env})
  if (!read.ok) throw new AppError('FILE_UNREADABLE', `${path}: ${read.fault.message}`)
  const {source, fault} = parseYaml(read.text)
  if (fault) throw invalidConfig(before)
  const tree = readTree(source, env).value
  const {at, whenAbsent} = placeOf(key, tree)
  const common = {file: path, path: pathText(at), enabled: on}
  if (isOn(tree, at, whenAbsent) === on) return {...common, written: false, changed: false, backup: null, diff: []}
  const text = setValue(read.text, at, on)
  const after = parseConfig(text, path, {env, forStart: true})
  const known = new Set(parseConfig(read.text, path, {env, forStart: true}).problems.map(problemKey))
  const fresh = after.problems.filter(each => each.severity === 'error' && !known.has(problemKey(each)))
  if (fresh.length > 0) throw brokenBy(on, key, path, fresh)
  const diff = editDiff(read.text, text)
  if (dryRun) return {...common, written: false, changed: true, backup: null, diff}
  return {...common, written: true, changed: true, backup: replaceKeepingCopy(path, read.text, text), diff}
}

function problemKey({code, path}: {readonly code: string; readonly path: string}): string {
  return `${code} ${path}`
}

function brokenBy(on: boolean, key: string, path: string, problems: Parameters<typeof invalidConfig>[0]['problems']) {
  const why = invalidConfig({problems, path})
  const message = `${safeText(key)} cannot be ${on ? 'enabled' : 'disabled'} in ${path} as it stands: nothing was written`
  return new AppError('CONFIG_INVALID', message, {
    ...(why.fix !== undefined && {fix: why.fix}),
    exitCode: exitCode.usage,
  })
}

function placeOf(key: string, tree: unknown): {at: KeyPath; whenAbsent: boolean} {
  const section = switches.find(({name}) => name === key)
  if (section) return {at: section.path, whenAbsent: section.whenAbsent}
  const ids = matches(tree, 'servers.*.id')
  const found = ids.find(path => valueAt(tree, path) === key || `server:${String(valueAt(tree, path))}` === key)
  if (found) return {at: [...found.slice(0, -1), 'enabled'], whenAbsent: true}
  const servers = ids.map(path => String(valueAt(tree, path)))
  throw new AppError('UNKNOWN_KEY', `there is nothing to switch with the name ${safeText(JSON.stringify(key))}`, {
    fix: [
      `Sections: ${switches.map(({name}) => name).join(', ')}`,
      servers.length === 0 ? 'No servers are configured.' : `Servers: ${servers.slice(0, 50).join(', ')}`,
    ].join('\n'),
    exitCode: exitCode.usage,
  })
}

/** The schema says of most sections that they are on once they are there; two of them say so for themselves. */
function isOn(tree: unknown, at: KeyPath, whenAbsent: boolean): boolean | undefined {
  const written = valueAt(tree, at)
  if (typeof written === 'boolean') return written
  if (written !== undefined && written !== null) return undefined
  const section = valueAt(tree, at.slice(0, -1))
  if (section === undefined || section === null) return whenAbsent
  return offUntilSaid.has(pathText(at)) ? false : at[0] === 'servers' || section !== undefined
}

const offUntilSaid = new Set([
  'cache.enabled',
  'context_optimization.compression.enabled',
  'profiling.enabled',
  'proxy.batching.enabled',
])

export function* switchLines({file, path, enabled, written, changed, backup, diff}: SwitchDocument): Generator<string> {
  const words = enabled ? 'enabled' : 'disabled'
  if (!changed) return yield `${safeText(path)} in ${safeText(file)}: ${words} already, nothing was written`
  yield* diff
  yield written
    ? `${safeText(path)} in ${safeText(file)}: ${words}; what was there is kept as ${safeText(backup ?? '')}`
    : `${safeText(path)} in ${safeText(file)}: would be ${words}; nothing was written (--dry-run)`
}
