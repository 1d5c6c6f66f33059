import {connect} from 'node:net'
import {vi} from 'vitest'
import {freePort} from '../free-port.ts'
import {needsBinary} from '../missing-binary.ts'
import {type RunningProgram, spawnProgram} from '../program.ts'
import {tempDir} from '../temp-dir.ts'

export interface RedisServer {
  readonly url: string
  readonly port: number
  /** The process that runs now: to stop with SIGSTOP, or to kill. */
  process(): RunningProgram
  /** Once more on the same port, after it was killed. What it held is gone. */
  restart(): Promise<void>
}

export interface RedisOptions {
  readonly password?: string
  /** More arguments of redis-server. */
  readonly args?: readonly string[]
}

/** A real redis-server on loopback, in memory only; ended with the test, which is skipped where it is not installed. */
export async function startRedis({password, args = []}: RedisOptions = {}): Promise<RedisServer> {
  const binary = needsBinary('redis-server')
  const port = await freePort()
  const folder = tempDir()
  let program: RunningProgram
  const start = async (): Promise<void> => {
    program = spawnProgram(
      binary,
      [
        ...['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'],
        ...(password === undefined ? [] : ['--requirepass', password]),
        ...args,
      ],
      {cwd: folder},
    )
    await program.untilOutput(/Ready to accept connections/)
    await untilAccepts(port)
  }
  await start()
  const user = password === undefined ? '' : `:${encodeURIComponent(password)}@`
  return {url: `redis://${user}127.0.0.1:${port}`, port, process: () => program, restart: start}
}

/** Waits until something accepts connections on a loopback port. */
export async function untilAccepts(port: number): Promise<void> {
  await vi.waitFor(
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy()
          resolve()
        })
        socket.once('error', reject)
      }),
    {timeout: 20_000, interval: 50},
  )
}
