import {mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {vi} from 'vitest'
import {stringify} from 'yaml'
import {type RuntimeRecord, readRuntimeFile} from '../../src/control/runtime-file.ts'
import {atEnd} from './at-end.ts'
import {launcher} from './cli.ts'
import {type Exit, type ProgramOptions, type RunningProgram, spawnProgram} from './program.ts'
import {tempDir} from './temp-dir.ts'

export interface StartOptions extends ProgramOptions {
  /** More arguments of `start`. */
  readonly args?: readonly string[]
  /** `healthy` (the default): /health answers 200. `listening`: it answers at all. */
  readonly until?: 'healthy' | 'listening'
  /** How long to wait for that; 15 s by default. */
  readonly timeoutMs?: number
  /** Where config, state and logs go, to start once more on what an earlier run left; a new folder by default. */
  readonly folder?: string
  /** What is run in place of the built launcher, such as an installed copy. */
  readonly program?: string
}

export interface StartedRuntime {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  readonly url: string
  /** The same of the metrics listener; null where the config turns it off. */
  readonly metricsUrl: string | null
  readonly pid: number
  readonly record: RuntimeRecord
  readonly configPath: string
  readonly stateDir: string
  readonly logDir: string
  /** What consoles need in order to find this runtime and no other. */
  readonly env: Readonly<Record<string, string>>
  readonly process: RunningProgram
  /** Every log file by name. */
  logs(): Record<string, string>
  /** TERM, and how it ended. Throws when it has not ended within 15 s (it is killed then). Twice is harmless. */
  stop(): Promise<Exit>
}

/**
 * Starts the built `only1mcp start` on a configuration given as an object, with its own state and log folders. Ports
 * are chosen by the system unless the configuration names them. When the test ends the runtime is ended too, and has to
 * end well: status 0, unless the test stopped or killed it itself.
 */
export async function startRuntime(
  config: Record<string, unknown> = {},
  options: StartOptions = {},
): Promise<StartedRuntime> {
  const folder = options.folder ?? tempDir()
  const [stateDir, logDir, configPath] = [join(folder, 'state'), join(folder, 'log'), join(folder, 'config.yaml')]
  for (const path of [stateDir, logDir]) mkdirSync(path, {recursive: true, mode: 0o700})
  writeFileSync(configPath, stringify(withFreePorts(config)))
  const env = {ONLY1MCP_STATE_DIR: stateDir, ONLY1MCP_LOG_DIR: logDir}
  const program = spawnProgram(
    options.program ?? launcher,
    ['start', '--config', configPath, ...(options.args ?? [])],
    {
      ...options,
      env: {...env, ...options.env},
    },
  )

  let stopped: Promise<Exit> | undefined
  const stop = (): Promise<Exit> => {
    stopped ??= program.end(15_000).then(exit => {
      if (exit.signal === 'SIGKILL') throw new Error(`the runtime did not end on TERM within 15 s\n${program.stderr()}`)
      return exit
    })
    return stopped
  }
  const isRunning = (): boolean => program.child.exitCode === null && program.child.signalCode === null
  let cameUp = false
  atEnd(async () => {
    if (!isRunning()) return
    const {code, signal} = await stop()
    // One that never came up may not have got as far as to end in good order.
    if (cameUp && code !== 0) throw new Error(`the runtime ended with ${code ?? signal} on TERM\n${program.stderr()}`)
  })

  const {until = 'healthy', timeoutMs = 15_000} = options
  const record = await vi.waitFor(
    async () => {
      // No use in waiting for the dead: the caller's expectation gets the reason at once.
      if (!isRunning()) return null
      const read = readRuntimeFile(stateDir)
      if (read.state !== 'known') throw new Error(`${read.why}\n${program.stderr()}`)
      const response = await fetch(`http://${at(read.record.host, read.record.port)}/health`)
      const body = await response.text()
      if (until === 'healthy' && response.status !== 200) throw new Error(`/health: ${response.status} ${body}`)
      return read.record
    },
    {timeout: timeoutMs, interval: 30},
  )
  if (record === null) {
    const {code, signal} = await program.exited
    throw new Error(
      `the runtime ended with ${code ?? signal} before it listened\n${program.stdout()}${program.stderr()}`,
    )
  }
  cameUp = true
  const {metricsHost, metricsPort} = record
  return {
    url: `http://${at(record.host, record.port)}`,
    metricsUrl: metricsHost === null || metricsPort === null ? null : `http://${at(metricsHost, metricsPort)}`,
    pid: record.pid,
    record,
    configPath,
    stateDir,
    logDir,
    env,
    process: program,
    logs: () => Object.fromEntries(readdirSync(logDir).map(name => [name, readFileSync(join(logDir, name), 'utf8')])),
    stop,
  }
}

function at(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

/** Port 0 for both listeners, where the configuration says nothing else. */
function withFreePorts(config: Record<string, unknown>): Record<string, unknown> {
  const observability = asRecord(config.observability)
  return {
    ...config,
    server: {port: 0, ...asRecord(config.server)},
    observability: {...observability, metrics: {port: 0, ...asRecord(observability.metrics)}},
  }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? {...value} : {}
}
