import {type ChildProcess, spawn} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {ControlClient} from '../control/client.ts'
import {type RuntimeRecord, readRuntimeFile} from '../control/runtime-file.ts'
import {AppError} from '../shared/errors.ts'
import {type ExitCode, exitCode} from '../shared/exit-code.ts'
import {lifelineVariable} from './serve.ts'

const readyWithinMs = 15_000

export interface Launched {
  readonly child: ChildProcess
  readonly record: RuntimeRecord
}

export interface LaunchOptions {
  /** The arguments of `start`. */
  readonly args: readonly string[]
  readonly stateDir: string
  /** `detached`: goes on after us. `attached`: ends when we do. */
  readonly mode: 'detached' | 'attached'
}

/**
 * Starts a runtime in a process of its own and waits until it answers on its control socket.
 * @throws AppError with what it said when it ended instead
 */
export async function launchRuntime({args, stateDir, mode}: LaunchOptions): Promise<Launched> {
  const run = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, run, 'start', ...args], {
    detached: true,
    stdio: [mode === 'attached' ? 'pipe' : 'ignore', 'ignore', 'pipe'],
    env: {...process.env, ...(mode === 'attached' && {[lifelineVariable]: '1'})},
  })
  let talk = ''
  child.stderr?.setEncoding('utf8')
  child.stderr?.on('data', (chunk: string) => {
    talk = (talk + chunk).slice(-16_384)
  })
  let exit: number | null | undefined
  child.once('exit', code => {
    exit = code
  })

  const until = performance.now() + readyWithinMs
  while (performance.now() < until && exit === undefined) {
    const read = readRuntimeFile(stateDir)
    if (read.state === 'known' && read.record.pid === child.pid && (await answers(read.record.socket))) {
      // Its notes (warnings) were for the start; a daemon must not hang on our end of the pipe.
      if (mode === 'detached') {
        child.stderr?.destroy()
        child.unref()
      }
      return {child, record: read.record}
    }
    await new Promise(resolve => setTimeout(resolve, 25))
  }
  if (exit === undefined) child.kill('SIGKILL')
  throw startFailed(talk, exit)
}

async function answers(socket: string): Promise<boolean> {
  try {
    await new ControlClient(socket).snapshot()
    return true
  } catch {
    return false // not yet: the caller asks again until its time is over
  }
}

function startFailed(talk: string, exit: number | null | undefined): AppError {
  const said = talk.trim().replace(/^Error: /, '')
  if (exit === undefined)
    return new AppError('START_TIMEOUT', `the runtime did not answer within ${readyWithinMs / 1000} s`, {
      exitCode: exitCode.timeout,
    })
  return new AppError('START_FAILED', said === '' ? `the runtime ended with status ${exit} and said nothing` : said, {
    exitCode: isExitCode(exit) ? exit : exitCode.unable,
  })
}

function isExitCode(code: number | null): code is ExitCode {
  return (Object.values(exitCode) as (number | null)[]).includes(code)
}
