import {rmSync} from 'node:fs'
import {type Runtime, startRuntime} from '../proxy/runtime.ts'
import {messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {writeFileAtomic} from '../shared/files.ts'
import {readBuildInfo} from './build-info.ts'
import {printLine, printNote} from './output.ts'
import type {StartSettings} from './start-settings.ts'

/** Set for a runtime that ends with the process that started it: it reads its standard input for that. */
export const lifelineVariable = 'ONLY1MCP_LIFELINE'

/** Runs the proxy in this process until a signal, the control socket or the lifeline ends it. */
export async function serve(settings: StartSettings, pidFile: string | undefined): Promise<void> {
  const argv = process.argv
  // For `pgrep only1mcp`; our own checks never go by it. It overwrites the argument list that others see.
  process.title = 'only1mcp'
  const runtime = await startRuntime({...settings, version: readBuildInfo().version, argv})
  if (pidFile !== undefined) writeFileAtomic(pidFile, `${process.pid}\n`, 0o644)
  endOnSignals(runtime)
  if (process.env[lifelineVariable] === '1') endWithLifeline(runtime)
  const {record} = runtime
  printLine(
    `only1mcp ${record.version} listens on ${httpUrl(record.host, record.port)}/mcp (pid ${record.pid}, config ${settings.configPath})`,
  )
  if (record.metricsHost !== null && record.metricsPort !== null)
    printLine(`metrics on ${httpUrl(record.metricsHost, record.metricsPort)}/metrics`)
  printLine(`logs in ${record.logPath}, state in ${record.statePath}`)
  for (const warning of settings.warnings) printNote(`warning: ${warning.message}`)
  await runtime.ended
  if (pidFile !== undefined) rmSync(pidFile, {force: true})
  // Whatever still holds the event loop has nothing to do any more.
  process.exit(process.exitCode ?? exitCode.ok)
}

export function httpUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}

function endOnSignals(runtime: Runtime): void {
  let asked = false
  for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
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
