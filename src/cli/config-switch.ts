import {realpathSync, statSync} from 'node:fs'
import {maskedText} from '../config/masked-text.ts'
import {openConfig, openText, withPlaceholders} from '../config/open-config.ts'
import type {Problem} from '../config/problem.ts'
import {pathText} from '../config/problem.ts'
import {problemLines} from '../config/problem-lines.ts'
import {replaceFile} from '../config/replace-file.ts'
import {setFlag} from '../config/set-value.ts'
import {switchPlace} from '../config/switches.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {configPlace} from './config-place.ts'
import {lineDiff} from './line-diff.ts'
import {printJson, printLine, printNote} from './output.ts'

export interface SwitchRequest {
  readonly key: string
  readonly on: boolean
  readonly file: string | undefined
  readonly dryRun: boolean
  readonly json: boolean
}

/**
 * Turns a feature or a server on or off in the file, by one small edit; the former file stays beside it as `.bak`.
 * @throws AppError UNKNOWN_SWITCH, EDIT_REFUSED, CONFIG_INVALID, FILE_UNWRITABLE
 */
export function switchSetting(request: SwitchRequest, env: NodeJS.ProcessEnv = process.env): void {
  // A link stays a link: what it leads to is edited.
  const path = realpathSync(configPlace(request.file, env))
  const found = openConfig(path, env)
  const opened = openText(found.text, path, withPlaceholders(found.text, env), found.sha256)
  const place = switchPlace(request.key, opened.tree.value)
  if ('known' in place)
    throw new AppError('UNKNOWN_SWITCH', `there is nothing called ${JSON.stringify(request.key)} to turn on or off`, {
      fix: place.known.length === 1 ? `Did you mean ${place.known[0]}?` : `There is: ${place.known.join(', ')}`,
      exitCode: exitCode.usage,
    })
  const text = setFlag(opened.text, place, request.on)
  const edited = openText(text, path, withPlaceholders(text, env), '')
  const fresh = newProblems(opened.loaded.problems, edited.loaded.problems)
  refuseErrors(fresh)
  const changed = text !== opened.text
  const backup = changed && !request.dryRun ? `${path}.bak` : null
  if (backup !== null) write(path, backup, opened.text, text)
  const diff = lineDiff(maskedText(opened.source), maskedText(edited.source))
  if (request.json)
    return printJson({
      file: path,
      path: pathText(place),
      value: request.on,
      changed,
      written: backup !== null,
      backup,
      diff,
    })
  const name = `${safeText(request.key)} (${safeText(pathText(place))})`
  if (!changed) return printLine(`${name} is ${request.on ? 'enabled' : 'disabled'} already in ${safeText(path)}`)
  for (const line of diff) printLine(safeText(line))
  for (const problem of fresh) for (const line of problemLines(problem)) printNote(line)
  if (request.dryRun) return printNote('Nothing was written: --dry-run.')
  printLine(
    `${name} ${request.on ? 'enabled' : 'disabled'} in ${safeText(path)}; the former file is ${safeText(backup ?? '')}`,
  )
  printNote('A running proxy takes it over by itself with proxy.hot_reload, else after a restart.')
}

function write(path: string, backup: string, before: string, after: string): void {
  try {
    const like = statSync(path)
    replaceFile(backup, before, like)
    replaceFile(path, after, like)
  } catch (error) {
    throw new AppError('FILE_UNWRITABLE', `${path} cannot be changed: ${messageOf(error)}`, {cause: error})
  }
}

/** What was wrong before may stay wrong; the edit must not add to it. */
function newProblems(before: readonly Problem[], after: readonly Problem[]): Problem[] {
  const known = new Set(before.map(({code, path}) => `${code} ${path}`))
  return after.filter(({code, path}) => !known.has(`${code} ${path}`))
}

function refuseErrors(fresh: readonly Problem[]): void {
  const errors = fresh.filter(({severity}) => severity === 'error')
  if (errors.length === 0) return
  throw new AppError('CONFIG_INVALID', 'the file would not be valid any more: nothing was written', {
    fix: errors.flatMap(problem => problemLines(problem)).join('\n'),
    exitCode: exitCode.usage,
  })
}
