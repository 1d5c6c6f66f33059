/** `bin/only1mcp start` over given backends, with its own state, logs and ports; gone without a trace after `stop`. */
import {spawn} from 'node:child_process'
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises'
import {createServer} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import {endWithUs} from './end-with-us.ts'

/** One entry of `servers` in the configuration. */
export type ServerEntry = {readonly id: string; readonly prefix: string} & (
  | {readonly command: string; readonly args: readonly string[]}
  | {readonly endpoint: string}
)

export interface RunningProxy {
  readonly url: string
  readonly pid: number
  /** Holds its configuration, and the folders `state` and `log`. */
  readonly folder: string
  stop(): Promise<void>
}

const launcher = fileURLToPath(new URL('../../bin/only1mcp', import.meta.url))
const READY_TIMEOUT_MS = 20_000
const STOP_GRACE_MS = 10_000

export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve, reject) => probe.once('error', reject).listen(0, '127.0.0.1', resolve))
  const address = probe.address()
  await new Promise(resolve => probe.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port was given')
  return address.port
}

export interface ProxyOptions {
  /** Command and arguments to put before the launcher, as `taskset -c 0`. */
  readonly wrap?: readonly string[]
  /** More top-level sections of the configuration. */
  readonly config?: Readonly<Record<string, unknown>>
  /** More keys of `server`, beside its address. */
  readonly server?: Readonly<Record<string, unknown>>
  /** More keys of `observability`, beside the metrics port. */
  readonly observability?: Readonly<Record<string, unknown>>
  /** Where logs go; in its own folder by default. */
  readonly logDir?: string
}

/** @throws Error with what it wrote when it does not report health within 20 s; the built dist is needed */
export async function startProxy(servers: readonly ServerEntry[], options: ProxyOptions = {}): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), 'only1mcp-conformance-'))
  const [port, metricsPort] = [await freePort(), await freePort()]
  const configFile = join(folder, 'only1mcp.json')
  const config = {
    server: {host: '127.0.0.1', port, ...options.server},
    observability: {metrics: {port: metricsPort}, ...options.observability},
    servers,
    ...options.config,
  }
  await writeFile(configFile, JSON.stringify(config, null, 2))
  const [command = launcher, ...args] = [...(options.wrap ?? []), launcher, 'start', '--config', configFile]
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ONLY1MCP_STATE_DIR: join(folder, 'state'),
      ONLY1MCP_LOG_DIR: options.logDir ?? join(folder, 'log'),
    },
  })
  endWithUs(child)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      said = (said + chunk).slice(-16_384)
    })
  }
  const gone = new Promise<void>(resolve => child.once('close', () => resolve()))
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS)
    await gone
    clearTimeout(timer)
    await rm(folder, {recursive: true, force: true})
  }
  try {
    await becomesHealthy(`http://127.0.0.1:${port}/health`, () => child.exitCode !== null)
  } catch (error) {
    const log = await readFile(join(folder, 'log', 'error.log'), 'utf8').catch(() => '') // none was written yet
    await stop()
    throw new Error(`the proxy did not start: ${String(error)}\n${said}\n${log.slice(-4096)}`, {cause: error})
  }
  return {url: `http://127.0.0.1:${port}/mcp`, pid: child.pid ?? 0, folder, stop}
}

async function becomesHealthy(url: string, ended: () => boolean): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS
  let last = 'no answer'
  while (performance.now() < deadline) {
    if (ended()) throw new Error('it ended')
    try {
      const response = await fetch(url, {signal: AbortSignal.timeout(2_000)})
      last = `${response.status} ${await response.text()}`
      if (response.ok) return
    } catch (error) {
      last = String(error) // not listening yet
    }
    await delay(50)
  }
  throw new Error(`${url} said ${last}`)
}
