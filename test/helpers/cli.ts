import {join} from 'node:path'
import {packageRoot} from './package-root.ts'
import {
  type ProgramOptions,
  type RunningProgram,
  type RunOptions,
  type RunResult,
  runProgram,
  spawnProgram,
} from './program.ts'

/** The launcher of the built package; `npm test` builds it first. */
export const launcher = join(packageRoot, 'bin/only1mcp')

/** Runs one command line of the built CLI to its end. */
export function runCli(args: readonly string[], options?: RunOptions): Promise<RunResult> {
  return runProgram(launcher, args, options)
}

/** Starts a command line that goes on, such as `start`; it has ended when the test has. */
export function spawnCli(args: readonly string[], options?: ProgramOptions): RunningProgram {
  return spawnProgram(launcher, args, options)
}
