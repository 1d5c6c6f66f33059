import {chownSync, mkdirSync, realpathSync, statSync} from 'node:fs'
import {join} from 'node:path'
import type {Generation} from '../config/generations.ts'
import {lineChanges} from '../config/line-changes.ts'
import {parseConfig} from '../config/load.ts'
import {invalidConfig} from '../config/loaded-config.ts'
import {readConfigBytes} from '../config/read-config-file.ts'
import {knownValuesRedactor} from '../redaction/known-values.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {writeFileAtomic} from '../shared/files.ts'
import {safeText} from '../shared/safe-text.ts'
import {sha256Of} from '../shared/sha256.ts'
import {type KeptConfigs, keptConfigs} from './config-generations.ts'

export interface RollbackPlan {
  readonly configs: KeptConfigs
  readonly to: Generation
  readonly bytes: Buffer
  /** What the file holds now; undefined where it is not there, or no file. */
  readonly before: Buffer | undefined
  /** For people, without secrets. */
  readonly lines: readonly string[]
}

/**
 * What a rollback would do. @param n a generation; without it the newest that is not what the file holds
 * @throws AppError `NO_GENERATION`, `CONFIG_INVALID`
 */
export async function planRollback(n: number | undefined): Promise<RollbackPlan> {
  const configs = await keptConfigs()
  const {generations, configPath} = configs
  const before = readConfigBytes(configPath)
  const now = before && sha256Of(before)
  const to =
    n === undefined ? generations.findLast(each => each.sha256 !== now) : generations.find(each => each.n === n)
  const bytes = to && readConfigBytes(to.path)
  if (to === undefined || bytes === undefined) {
    const what = n === undefined ? 'no other configuration is kept' : `there is no generation ${n}`
    throw new AppError('NO_GENERATION', what, {
      fix: 'only1mcp config history lists them. One is kept after it has served for proxy.hot_reload.settle.',
      exitCode: exitCode.usage,
    })
  }
  const text = bytes.toString('utf8')
  const loaded = parseConfig(text, configPath)
  if (!loaded.ok) throw invalidConfig(loaded)
  return {
    configs,
    to,
    bytes,
    before,
    lines: planLines(before?.toString('utf8') ?? '', text, configPath, loaded.secrets),
  }
}

function planLines(before: string, after: string, path: string, secrets: readonly string[]): string[] {
  const changes = lineChanges(before, after)
  if (changes === undefined) return []
  const old = parseConfig(before, path)
  const redactor = knownValuesRedactor([...secrets, ...(old.ok ? old.secrets : [])])
  // What cannot be read as a configuration may hold a secret anywhere.
  const removed = old.ok
    ? changes.removed.map(line => `- ${redactor.text(line)}`)
    : [`- (${changes.removed.length} lines of a file that is not valid)`]
  return [`${path}:${changes.line}`, ...removed, ...changes.added.map(line => `+ ${redactor.text(line)}`)].map(line =>
    safeText(line),
  )
}

/**
 * Puts the file back: whole or not at all, with its mode and owner, behind whatever link leads to it. What it held is kept.
 * @returns where that is; null where there was nothing
 * @throws AppError `ROLLBACK_FAILED`
 */
export function rollBack({configs, bytes, before}: RollbackPlan): string | null {
  const {configPath, stateDir} = configs
  try {
    let undo: string | null = null
    if (before !== undefined) {
      const folder = join(stateDir, 'backups')
      mkdirSync(folder, {recursive: true, mode: 0o700})
      const stamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
      undo = join(folder, `config-${stamp}-${sha256Of(before).slice(0, 8)}.yaml`)
      writeFileAtomic(undo, before)
    }
    const there = statSync(configPath, {throwIfNoEntry: false})
    const place = there === undefined ? configPath : realpathSync(configPath)
    writeFileAtomic(place, bytes, (there?.mode ?? 0o600) & 0o777)
    const made = statSync(place)
    if (there !== undefined && (made.uid !== there.uid || made.gid !== there.gid))
      chownSync(place, there.uid, there.gid)
    return undo
  } catch (error) {
    throw new AppError('ROLLBACK_FAILED', `cannot write ${configPath}: ${messageOf(error)}`, {cause: error})
  }
}
