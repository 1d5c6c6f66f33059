import {type ChildProcessWithoutNullStreams, spawn} from 'node:child_process'
import {once} from 'node:events'
import {inject, vi} from 'vitest'
import {atEnd} from './at-end.ts'
import {tempDir} from './temp-dir.ts'

export interface ProgramOptions {
  /** Added to a clean environment: PATH, a UTF-8 locale, UTC, an empty folder as HOME, and the run's cache. undefined takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly cwd?: string
  /** Who runs it, see `needsUser`; only root can choose. */
  readonly user?: {readonly uid: number; readonly gid: number}
}

export interface RunOptions extends ProgramOptions {
  /** Written to stdin, which is then closed; nothing by default. */
  readonly input?: string | Uint8Array
  /** 20 s by default; when it has passed the program is killed and the run throws. */
  readonly timeoutMs?: number
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface RunResult extends Exit {
  readonly stdout: string
  readonly stderr: string
}

/** A program that runs beside the test. It has ended when the test (or, from a hook, the file) has. */
export interface RunningProgram {
  readonly pid: number
  readonly child: ChildProcessWithoutNullStreams
  /** When it has ended and its pipes are read to the end. */
  readonly exited: Promise<Exit>
  stdout(): string
  stderr(): string
  /** Waits until stdout or stderr matches, 20 s by default; throws with both when that does not come. */
  untilOutput(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>
  /** TERM, and KILL after `graceMs` (5 s by default). */
  end(graceMs?: number): Promise<Exit>
}

/** Runs a program to its end. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const program = spawnProgram(command, args, options)
  program.child.stdin.end(options.input)
  const timeoutMs = options.timeoutMs ?? 20_000
  let timedOut = false
  const timer = setTimeout(() => {
    timedOut = true
    program.child.kill('SIGKILL')
  }, timeoutMs)
  const exit = await program.exited
  clearTimeout(timer)
  const result = {...exit, stdout: program.stdout(), stderr: program.stderr()}
  if (timedOut) throw new Error(`${command} ${args.join(' ')} did not end within ${timeoutMs} ms${shown(program)}`)
  return result
}

export function spawnProgram(command: string, args: readonly string[], options: ProgramOptions = {}): RunningProgram {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: cleanEnvironment(options.env),
    ...(options.user && {uid: options.user.uid, gid: options.user.gid}),
  })
  const {pid} = child
  const text = {stdout: '', stderr: ''}
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
    })
  }
  child.stdin.on('error', () => {}) // a program need not read what it is given
  let ended = false
  const exited = once(child, 'close').then(([code, signal]): Exit => ({code, signal}))
  child.once('close', () => {
    ended = true
  })
  exited.catch(() => {}) // whoever awaits it sees the failure

  const program: RunningProgram = {
    pid: pid ?? -1,
    child,
    exited,
    stdout: () => text.stdout,
    stderr: () => text.stderr,
    async untilOutput(pattern, timeoutMs = 20_000) {
      const missing = (why: string): Error =>
        new Error(`${why} without ${pattern} in the output of ${command} ${args.join(' ')}${shown(program)}`)
      const match = await vi.waitFor(
        () => {
          const found = text.stdout.match(pattern) ?? text.stderr.match(pattern)
          if (found !== null || ended) return found
          throw missing(`${timeoutMs} ms passed`)
        },
        {timeout: timeoutMs, interval: 20},
      )
      if (match === null) throw missing('it ended')
      return match
    },
    async end(graceMs = 5_000) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        const timer = setTimeout(() => child.kill('SIGKILL'), graceMs)
        child.once('exit', () => clearTimeout(timer))
        // Grandchildren may hold the pipes for longer than the program lives.
        await Promise.race([exited, once(child, 'exit')])
      }
      return {code: child.exitCode, signal: child.signalCode}
    },
  }
  if (pid !== undefined) atEnd(async () => void (await program.end()))
  return program
}

/**
 * Nothing of the developer's own settings, nor of the test runner's, reaches a program under test. Compiled code is kept
 * for the run, as it is between an operator's commands: to compile and write it anew cost each of them a second.
 */
function cleanEnvironment(extra: ProgramOptions['env'] = {}): NodeJS.ProcessEnv {
  const {PATH} = process.env
  const own = 'HOME' in extra ? {} : {HOME: tempDir(), XDG_CACHE_HOME: inject('runFolder')}
  return {PATH, LANG: 'C.UTF-8', TZ: 'UTC', ...own, ...extra}
}

function shown(program: RunningProgram): string {
  return `\n--- stdout\n${program.stdout().slice(-4_000)}\n--- stderr\n${program.stderr().slice(-4_000)}`
}
