import {type ExitCode, exitCode} from './exit-code.ts'

export interface AppErrorOptions {
  /** What to do about it, as a sentence or a command. */
  readonly fix?: string
  readonly exitCode?: ExitCode
  readonly cause?: unknown
}

/**
 * Something the caller cannot handle and the operator can: caught at a boundary (command, request, view) and shown as
 * its message, the fix under it, and never a stack.
 *
 * @example throw new AppError('PORT_IN_USE', '127.0.0.1:8080 is in use by nginx (pid 812)', {exitCode: exitCode.unable})
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  /** Stable, upper snake case, for programs. */
  readonly code: string
  readonly fix: string | undefined
  readonly exitCode: ExitCode

  constructor(code: string, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : {cause: options.cause})
    this.code = code
    this.fix = options.fix
    this.exitCode = options.exitCode ?? exitCode.unable
  }
}

/** The system's code (`ENOENT`, `ECONNREFUSED` …) of a thrown value, if it has one. */
export function errnoCode(error: unknown): string | undefined {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code
  return undefined
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
