/** A child that says when it is ready, and is gone when `stop` returns. */
import {type ChildProcess, spawn} from 'node:child_process'
import {endWithUs} from './end-with-us.ts'

const STOP_GRACE_MS = 5_000

export interface StartedProcess {
  readonly pid: number
  /** The line that told it is ready. */
  readonly readyLine: string
  /** The last 16 KiB of its stderr. */
  stderr(): string
  stop(): Promise<void>
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Which line of stdout or stderr means ready. */
  readonly ready: RegExp
  readonly timeoutMs: number
}

/** @throws Error with the end of stderr when the child ends or stays silent instead of getting ready */
export async function startProcess(command: string, args: readonly string[], options: StartOptions) {
  const child = spawn(command, args, {stdio: ['ignore', 'pipe', 'pipe'], env: {...process.env, ...options.env}})
  endWithUs(child)
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-16_384)
  })
  const stop = () => stopChild(child)
  try {
    const readyLine = await firstLine(child, options)
    const started: StartedProcess = {pid: child.pid ?? 0, readyLine, stderr: () => stderr, stop}
    return started
  } catch (error) {
    await stop()
    throw new Error(`${command} ${args.join(' ')}: ${String(error)}\n${stderr}`, {cause: error})
  }
}

function firstLine(child: ChildProcess, {ready, timeoutMs}: StartOptions): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`not ready within ${timeoutMs} ms`)), timeoutMs)
    for (const stream of [child.stdout, child.stderr]) {
      let text = ''
      stream?.on('data', (chunk: Buffer | string) => {
        text = (text + chunk.toString()).slice(-16_384)
        const line = text.split('\n').find(candidate => ready.test(candidate))
        if (line === undefined) return
        clearTimeout(timer)
        resolve(line)
      })
    }
    child.once('error', reject)
    child.once('exit', code => {
      clearTimeout(timer)
      reject(new Error(`ended with ${code} before it was ready`))
    })
  })
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
  await gone
  clearTimeout(timer)
}
