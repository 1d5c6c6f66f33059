import {type ChildProcess, spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import type {ServerSnapshot} from '../../src/control/contract/server.ts'
import type {RuntimeRecord} from '../../src/control/runtime-file.ts'
import {type DoctorOptions, runDoctor} from '../../src/diagnostics/doctor.ts'
import type {DoctorReport} from '../../src/diagnostics/report.ts'
import {snapshot} from './world.ts'

/** A temporary place with a state folder, and the real processes that a test starts in it. */
export class Scene {
  readonly folder = mkdtempSync(join(tmpdir(), 'only1mcp-doctor-'))
  readonly stateDir = join(this.folder, 'state')
  readonly configPath = join(this.folder, 'only1mcp.yaml')
  readonly #children: ChildProcess[] = []

  constructor() {
    mkdirSync(join(this.stateDir, 'log'), {recursive: true, mode: 0o700})
    writeFileSync(join(this.stateDir, 'log', 'error.log'), '')
  }

  get env(): Record<string, string> {
    return {PATH: process.env.PATH ?? '', HOME: this.folder, ONLY1MCP_STATE_DIR: this.stateDir}
  }

  config(text: string): void {
    writeFileSync(this.configPath, text)
  }

  async runtime(
    servers: readonly ServerSnapshot[],
    options: {health?: number; contract?: string} = {},
  ): Promise<RuntimeRecord> {
    const program = fileURLToPath(new URL('fake-runtime.mjs', import.meta.url))
    const whole = {...snapshot(servers), contract: options.contract ?? '1.0'}
    const args = [program, this.stateDir, JSON.stringify(whole), String(options.health ?? 200)]
    const {line} = await this.start(process.execPath, args, {FAKE_CONFIG: this.configPath})
    return JSON.parse(line)
  }

  /** Starts a program and waits for its first line. */
  async start(command: string, args: readonly string[], env: Record<string, string> = {}) {
    const child = spawn(command, args, {env: {...this.env, ...env}, stdio: ['ignore', 'pipe', 'inherit']})
    this.#children.push(child)
    const [line] = (await once(createInterface({input: child.stdout}), 'line')) as [string]
    return {child, line}
  }

  async kill(pid: number): Promise<void> {
    const child = this.#children.find(each => each.pid === pid)
    child?.kill('SIGKILL')
    if (child && child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  }

  doctor(change: Partial<DoctorOptions> = {}): Promise<DoctorReport> {
    return runDoctor({
      ids: [],
      quick: true,
      env: this.env,
      cwd: this.folder,
      signal: AbortSignal.timeout(15_000),
      ...change,
    })
  }

  async close(): Promise<void> {
    for (const {pid} of this.#children) if (pid !== undefined) await this.kill(pid)
    rmSync(this.folder, {recursive: true, force: true})
  }
}

/** A program that is no runtime: it listens and answers HTTP 404. Prints its port. */
export const foreignListener = [
  '-e',
  `const s = require('http').createServer((q, r) => r.writeHead(404, {server: 'other/1'}).end('not here'))
   s.listen(Number(process.argv[1] ?? 0), process.argv[2] ?? '127.0.0.1', () => console.log(s.address().port))`,
]
