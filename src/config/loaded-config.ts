import {AppError} from '../shared/errors.ts'
import {type ExitCode, exitCode} from '../shared/exit-code.ts'
import type {Problem} from './problem.ts'
import {problemLines} from './problem-lines.ts'
import type {Config} from './schema.ts'

export interface LoadOptions {
  /** Variables for `${…}`; the process's own by default. */
  readonly env?: NodeJS.ProcessEnv
  /** What the file may not do, and what it says in two ways, is reported as by `validate --strict`. */
  readonly strict?: boolean
  /** A setting that protects the proxy and is not acted on is an error, not a warning. */
  readonly forStart?: boolean
}

export type LoadedConfig =
  | {
      readonly ok: true
      readonly config: Config
      /** Warnings only. */
      readonly problems: readonly Problem[]
      readonly path: string
      /** Of the file's bytes. */
      readonly sha256: string
      /** Values at places marked secret, and of the variables in them, for the known-values redactor. */
      readonly secrets: readonly string[]
    }
  | {readonly ok: false; readonly problems: readonly Problem[]; readonly path: string}

/** The exit status that problems mean. */
export function exitCodeOf(problems: readonly Problem[]): ExitCode {
  if (problems.some(({code}) => code === 'file.unreadable')) return exitCode.unable
  return problems.some(({severity}) => severity === 'error') ? exitCode.usage : exitCode.ok
}

/** What a command throws that cannot go on without the configuration; its fix shows every problem with its frame. */
export function invalidConfig(loaded: {readonly problems: readonly Problem[]; readonly path: string}): AppError {
  return new AppError('CONFIG_INVALID', `the configuration ${loaded.path} cannot be used`, {
    fix: loaded.problems.flatMap(problem => problemLines(problem)).join('\n'),
    exitCode: exitCodeOf(loaded.problems),
  })
}
