import {once} from 'node:events'
import {isAlive} from '../shared/proc.ts'
import {consoleSource} from './console-source.ts'
import type {Launched} from './launch.ts'
import {printLine, printNote} from './output.ts'
import {httpUrl, mcpUrls} from './serve.ts'

/** As long as the runtime's own deadline by default, and a little more. */
const endWithinMs = 12_000

/** `start --tui`: a console on a runtime that we started, and that ends with us. Without a terminal: plain lines. */
export async function runOwnedConsole(launched: Launched): Promise<void> {
  const {refusal} = await import('../tui/term/caps.ts')
  const {stdin, stdout, env} = process
  const plain = refusal({stdinIsTty: stdin.isTTY, stdoutIsTty: stdout.isTTY, term: env.TERM}) !== undefined
  if (plain) return runPlain(launched)
  const {runTui} = await import('../tui/run.ts')
  // A signal ends the console at once, with the terminal restored: the runtime is ended on the way out, before us.
  const onExit = (): void => endRuntimeNow(launched.record)
  process.prependListener('exit', onExit)
  try {
    process.exitCode = await runTui({source: consoleSource(launched.record, true), stdin, stdout, env})
  } finally {
    await endRuntime(launched)
    process.off('exit', onExit)
  }
}

function endRuntimeNow(record: Launched['record']): void {
  if (!isAlive(record)) return
  process.kill(record.pid, 'SIGTERM')
  const until = performance.now() + endWithinMs
  const pause = new Int32Array(new SharedArrayBuffer(4))
  while (isAlive(record) && performance.now() < until) Atomics.wait(pause, 0, 0, 20)
}

async function runPlain(launched: Launched): Promise<void> {
  const {record} = launched
  const {printStream} = await import('../tui/plain.ts')
  const end = new AbortController()
  const asked = (): void => end.abort()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, asked)
  launched.child.once('exit', asked)
  printLine(`only1mcp ${record.version} listens on ${mcpUrls(record).join(' and ')}`)
  if (record.metricsHost !== null && record.metricsPort !== null)
    printLine(`metrics on ${httpUrl(record.metricsHost, record.metricsPort)}/metrics`)
  printLine(`logs in ${record.logPath}, state in ${record.statePath}`)
  printLine()
  try {
    await printStream(
      {source: consoleSource(record, false), env: process.env, print: printLine, cols: process.stdout.columns ?? 120},
      end.signal,
    )
  } finally {
    await endRuntime(launched)
  }
}

/** Closes the lifeline, which the runtime takes as TERM, and waits for it. */
async function endRuntime({child, record}: Launched): Promise<void> {
  child.stdin?.end()
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  if (child.exitCode !== 0)
    printNote(
      `the runtime ended with ${child.signalCode ?? `status ${child.exitCode}`}; ${record.logPath}/error.log may say why`,
    )
  if (isAlive(record)) printNote(`pid ${record.pid} is still there`)
}
