import {existsSync, lstatSync, realpathSync} from 'node:fs'
import {dirname, resolve} from 'node:path'
import {isDeepStrictEqual} from 'node:util'
import {parseConfig} from '../config/load.ts'
import {invalidConfig} from '../config/loaded-config.ts'
import {readConfigFile} from '../config/read-config-file.ts'
import {renderConfig} from '../config/render.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {writeFileAtomic} from '../shared/files.ts'

export interface RenderRequest {
  readonly input: string
  readonly output: string
  readonly force: boolean
}

export interface RenderDocument {
  readonly input: string
  readonly output: string
  /** Names of the variables that were put in, never their values. */
  readonly variables: readonly string[]
  /** Something in it starts at the folder of the file, and that is another one now. */
  readonly movedPaths: boolean
}

/** Writes a configuration with its variables put in, mode 0600. @throws AppError */
export function renderFile({input, output, force}: RenderRequest): RenderDocument {
  const read = readConfigFile(input)
  if (!read.ok)
    throw new AppError('FILE_UNREADABLE', `${input}: ${read.fault.message}`, {
      exitCode: read.fault.code === 'file.unreadable' ? exitCode.unable : exitCode.usage,
    })
  const there = lstatSync(output, {throwIfNoEntry: false})
  if (there !== undefined && existsSync(output) && realpathSync(output) === realpathSync(input))
    throw new AppError('OUTPUT_IS_INPUT', `${output} is the input itself: its variables would be lost`, {
      fix: 'Name another file for the result.',
      exitCode: exitCode.usage,
    })
  if (there !== undefined && !force)
    throw new AppError('OUTPUT_EXISTS', `${output} is there already`, {
      fix: 'Name another file, or overwrite it with --force.',
      exitCode: exitCode.usage,
    })
  if (there !== undefined && !there.isFile() && !there.isSymbolicLink())
    throw new AppError('OUTPUT_EXISTS', `${output} is no regular file, and stays as it is`, {exitCode: exitCode.usage})
  const rendered = renderConfig(read.text, input, process.env)
  if (!rendered.ok) throw invalidConfig(rendered.loaded)
  try {
    writeFileAtomic(output, rendered.text)
  } catch (error) {
    throw new AppError('FILE_UNWRITABLE', `${output} cannot be written: ${messageOf(error)}`, {cause: error})
  }
  return {input, output, variables: rendered.variables, movedPaths: movesPaths(rendered.text, input, output)}
}

function movesPaths(text: string, input: string, output: string): boolean {
  if (dirname(resolve(input)) === dirname(resolve(output))) return false
  const [here, there] = [input, output].map(path => parseConfig(text, path, {env: {}}))
  return here?.ok === true && there?.ok === true && !isDeepStrictEqual(here.config, there.config)
}
