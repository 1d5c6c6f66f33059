import {lstatSync, realpathSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {isDeepStrictEqual} from 'node:util'
import {parseConfig} from '../config/load.ts'
import {openConfig} from '../config/open-config.ts'
import {renderConfig} from '../config/render.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {writeFileAtomic} from '../shared/files.ts'
import {safeText} from '../shared/safe-text.ts'
import {printLine, printNote} from './output.ts'

/** Writes a file with its variables put in, for its owner alone: it holds the secrets in the clear. @throws AppError */
export function renderFile(from: string, to: string, force: boolean, env: NodeJS.ProcessEnv = process.env): void {
  const opened = openConfig(from, env)
  const rendered = renderConfig(opened, env)
  const there = lstatSync(to, {throwIfNoEntry: false})
  if (there && !force)
    throw new AppError('FILE_EXISTS', `${to} is there already: nothing was written`, {
      fix: 'Name another file, or overwrite it with --force.',
      exitCode: exitCode.usage,
    })
  if (there && !there.isFile())
    throw new AppError('NOT_A_FILE', `${to} is no regular file: nothing was written`, {exitCode: exitCode.usage})
  if (there && realpathSync(to) === realpathSync(from))
    throw new AppError('SAME_FILE', `${to} is the file that is read: its variables would be lost`, {
      fix: 'Name another file.',
      exitCode: exitCode.usage,
    })
  try {
    writeFileAtomic(to, rendered)
  } catch (error) {
    throw new AppError('FILE_UNWRITABLE', `${to} cannot be written: ${messageOf(error)}`, {cause: error})
  }
  const moved = parseConfig(rendered, to, {env: {}})
  if (dirname(resolve(from)) !== dirname(resolve(to)) && opened.loaded.ok && moved.ok)
    if (!isDeepStrictEqual(opened.loaded.config, moved.config))
      printNote(`Relative folders and files in it start at ${safeText(dirname(resolve(to)))} now.`)
  printLine(`${safeText(to)} written, mode 0600; it holds the values of variables in the clear`)
}
