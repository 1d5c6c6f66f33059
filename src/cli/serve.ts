import {rmSync} from 'node:fs'
import {isatty} from 'node:tty'
import type {RuntimeRecord} from '../control/runtime-file.ts'
import {type Runtime, startRuntime} from '../proxy/runtime.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {writeFileAtomic} from '../shared/files.ts'
import {safeText} from '../shared/safe-text.ts'
import {readBuildInfo} from './build-info.ts'
import {printLine, printNote} from './output.ts'
import type {StartSettings} from './start-settings.ts'
import {terminalIsGone} from './terminal-is-gone.ts'

/** Set for a runtime that ends with the process that started it: it reads its standard input for that. */
export const lifelineVariable = 'ONLY1MCP_LIFELINE'

export interface ServeOptions {
  readonly pidFile: string | undefined
  /** The command line as the operator gave it. */
  readonly argv: readonly string[]
}

/** Runs the proxy in this process until a signal, the control socket or the lifeline ends it. */
export async function serve(settings: StartSettings, {pidFile, argv}: ServeOptions): Promise<void> {
  // For `pgrep only1mcp`; our own checks never go by it. It overwrites the argument list that others see.
  process.title = 'only1mcp'
  outliveReaders()
  const runtime = await startRuntime({...settings, version: readBuildInfo().version, argv})
  endOnSignals(runtime)
  if (pidFile !== undefined) await writePidFile(pidFile, runtime)
  if (process.env[lifelineVariable] === '1') endWithLifeline(runtime)
  const {record} = runtime
  printLine(
    `only1mcp ${record.version} listens on ${mcpUrls(record).join(' and ')} (pid ${record.pid}, config ${safeText(settings.configPath)})`,
  )
  if (record.metricsHost !== null && record.metricsPort !== null)
    printLine(`metrics on ${httpUrl(record.metricsHost, record.metricsPort)}/metrics`)
  if (runtime.profiling)
    printLine(`profiles on ${httpUrl(runtime.profiling.host, runtime.profiling.port)}/debug/pprof/`)
  printLine(safeText(`logs in ${record.logPath}, state in ${record.statePath}`))
  for (const warning of settings.warnings) printNote(safeText(`warning: ${warning.message}`))
  await runtime.ended
  if (pidFile !== undefined) rmSync(pidFile, {force: true})
  // Whatever still holds the event loop (a stdout that never drains) has nothing to do any more.
  process.exit(process.exitCode ?? exitCode.ok)
}

/** What we say at the start goes to whoever started us; that they went away (a pipe, a terminal) is no reason to end. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.removeAllListeners('error')
    stream.on('error', () => {})
  }
}

async function writePidFile(path: string, runtime: Runtime): Promise<void> {
  try {
    writeFileAtomic(path, `${process.pid}\n`, 0o644)
  } catch (error) {
    await runtime.stop('the pid file cannot be written')
    throw new AppError('PID_FILE', `cannot write the pid file ${path}: ${messageOf(error)}`, {
      fix: 'Name a file in a folder that exists and is writable with --pid-file or ONLY1MCP_PID_FILE.',
      cause: error,
    })
  }
}

/** Where clients reach it; without TLS first. */
export function mcpUrls({host, port, tlsPort, plain}: RuntimeRecord): string[] {
  const secure = tlsPort === undefined ? [] : [`${httpUrl(host, tlsPort, 'https')}/mcp`]
  return plain === false ? secure : [`${httpUrl(host, port)}/mcp`, ...secure]
}

export function httpUrl(host: string, port: number, scheme = 'http'): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function endOnSignals(runtime: Runtime): void {
  let asked = false
  const fromTerminal = isatty(0)
  process.on('SIGHUP', () => {
    void terminalIsGone(fromTerminal).then(gone => {
      if (gone || runtime.reload() === undefined) void runtime.stop('SIGHUP')
    })
  })
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => {
      // A second Ctrl-C means now: the reaper ends the children.
      if (asked && name === 'SIGINT') process.exit(130)
      asked = true
      void runtime.stop(name)
    })
  }
  process.on('SIGUSR2', () => runtime.reopenLogs())
  const crash = (error: unknown): void => {
    runtime.crash(error)
    process.stderr.write(
      `only1mcp crashed: ${messageOf(error)}; the backtrace is in ${runtime.record.logPath}/error.log\n`,
    )
    process.exit(exitCode.internal)
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}

function endWithLifeline(runtime: Runtime): void {
  process.stdin.resume()
  process.stdin.on('end', () => void runtime.stop('the console that started it is gone'))
  process.stdin.on('error', () => void runtime.stop('the console that started it is gone'))
}
