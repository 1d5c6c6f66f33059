import {type ChildProcessByStdio, spawn} from 'node:child_process'
import {statSync} from 'node:fs'
import type {Readable, Writable} from 'node:stream'
import {errnoCode, messageOf} from '../shared/errors.ts'
import {readProcessStat} from '../shared/proc.ts'
import {CallFailure} from './call-failure.ts'
import {rpcCode} from './protocol.ts'
import type {Reaper} from './reaper.ts'
import {descendantsOf, killAll, killOwned, ownerVariable, signal} from './sweep.ts'

export interface ChildOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string | undefined
  /** Added to the inherited variables. */
  readonly env: Readonly<Record<string, string>>
  /** `<instance>:<server>.<n>`: what the child and all that it starts carry. */
  readonly ownerMark: string
  readonly reaper: Reaper
}

/** Variables that a child inherits; everything else it needs stands in the configuration. */
const inherited = ['HOME', 'LANG', 'LC_ALL', 'LC_CTYPE', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'TMPDIR', 'TZ', 'USER']

/** How a process ended. */
export interface ExitStatus {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** A stdio server's process with everything it starts: one group, no shell, an explicit environment. */
export class Child {
  readonly pid: number
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** When the process ended; its pipes may still hold data. */
  readonly exited: Promise<ExitStatus>
  readonly #mark: string
  #exitStatus: ExitStatus | undefined
  #stopping: Promise<void> | undefined

  private constructor(process: ChildProcessByStdio<Writable, Readable, Readable>, pid: number, options: ChildOptions) {
    this.pid = pid
    this.stdin = process.stdin
    this.stdout = process.stdout
    this.stderr = process.stderr
    this.#mark = options.ownerMark
    const startTicks = readProcessStat(pid)?.startTicks ?? 0
    options.reaper.add(pid, startTicks)
    this.exited = new Promise(resolve => {
      process.once('exit', (code, exitSignal) => {
        this.#exitStatus = {code, signal: exitSignal}
        // What it left behind (a grandchild in the group, or one that moved out of it) goes with it.
        const descendants = descendantsOf(pid)
        signal(-pid, 'SIGKILL')
        killAll(descendants)
        killOwned(this.#mark)
        options.reaper.remove(pid, startTicks)
        resolve(this.#exitStatus)
      })
    })
  }

  /** @throws CallFailure `SpawnFailed` that names what is wrong with command or cwd */
  static async start(options: ChildOptions): Promise<Child> {
    const child = spawnDetached(options)
    // Node emits errors of pipes of a process that never started, too.
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.on('error', () => {})
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', error => reject(spawnFailure(options, error)))
    })
    return new Child(child, child.pid as number, options)
  }

  /**
   * Ends the child: stdin closed, TERM to the group a moment later, KILL when the time is over, then whatever carries
   * the mark (MCP, stdio shutdown). Twice does no harm.
   */
  stop(graceMs: number): Promise<void> {
    this.#stopping ??= this.#stop(graceMs)
    return this.#stopping
  }

  async #stop(graceMs: number): Promise<void> {
    if (this.#exitStatus !== undefined) return
    const descendants = descendantsOf(this.pid)
    this.stdin.end()
    const term = setTimeout(() => signal(-this.pid, 'SIGTERM'), Math.min(500, graceMs / 4))
    const kill = setTimeout(() => {
      descendants.push(...descendantsOf(this.pid))
      signal(-this.pid, 'SIGKILL')
      killOwned(this.#mark)
    }, graceMs)
    await this.exited
    clearTimeout(term)
    clearTimeout(kill)
    killAll(descendants)
  }

  /** KILL at once, for a child that cannot be trusted to end itself. */
  async kill(): Promise<void> {
    signal(-this.pid, 'SIGKILL')
    await this.exited
  }
}

/** @throws CallFailure where Node does not even try, such as for a NUL in an argument, or a cwd that is a file */
function spawnDetached(options: ChildOptions): ChildProcessByStdio<Writable, Readable, Readable> {
  try {
    return spawn(options.command, [...options.args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
      shell: false,
      env: childEnvironment(options),
      ...(options.cwd !== undefined && {cwd: options.cwd}),
    })
  } catch (error) {
    throw spawnFailure(options, error)
  }
}

function childEnvironment(options: ChildOptions): Record<string, string> {
  const env: Record<string, string> = {}
  for (const name of inherited) {
    const value = process.env[name]
    if (value !== undefined) env[name] = value
  }
  return {...env, ...options.env, [ownerVariable]: options.ownerMark}
}

function spawnFailure(options: ChildOptions, error: unknown): CallFailure {
  return new CallFailure(`cannot start ${options.command}: ${spawnProblem(options, error)}`, {
    kind: 'SpawnFailed',
    blame: 'proxy',
    code: rpcCode.noBackend,
    delivered: 'no',
    cause: error,
  })
}

/** The system says ENOENT for a missing program and for a missing folder alike: tell them apart. */
function spawnProblem({command, cwd}: ChildOptions, error: unknown): string {
  const code = errnoCode(error)
  if (cwd !== undefined && !isFolder(cwd)) return `its cwd ${cwd} is not an existing folder`
  if (isFolder(command)) return 'it is a folder, not a program'
  if (code === 'ENOENT')
    return command.includes('/') ? 'no such file (or its interpreter is missing)' : 'no such program on the PATH'
  if (code === 'EACCES') return 'it is not executable for this user'
  if (code === 'E2BIG') return 'its arguments and environment are larger than the system allows'
  if (code === 'EMFILE' || code === 'ENFILE') return 'out of file descriptors'
  return messageOf(error)
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false // not there at all, or not for us to see
  }
}
