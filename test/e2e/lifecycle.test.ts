import {once} from 'node:events'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {connect} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import {type ProcessStat, readProcessStat} from '../../src/shared/proc.ts'
import {atEnd} from '../helpers/at-end.ts'
import {stdioServer} from '../helpers/backends.ts'
import {runCli} from '../helpers/cli.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {aliveDescendants, stillAlive, untilGone} from '../helpers/processes.ts'
import {type RunningProgram, spawnProgram} from '../helpers/program.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const shutdownMs = 3_000
/** One server that ends when it is asked to, and one that has to be killed, four levels deep. */
const servers = [stdioServer('echo', 'echo.mjs'), stdioServer('deaf', 'deaf-tree.mjs')]

async function startTree(folder?: string): Promise<{runtime: StartedRuntime; family: ProcessStat[]}> {
  const config = {servers, server: {shutdown_timeout: `${shutdownMs}ms`}}
  const runtime = await startRuntime(config, folder === undefined ? {} : {folder})
  await vi.waitFor(() => expect(runtime.logs()['only1mcp.log']).toMatch(/deaf 3 \d+/), 10_000)
  const family = aliveDescendants(runtime.pid)
  expect(family).toHaveLength(6) // the four deaf ones, echo, and the reaper
  return {runtime, family}
}

async function untilInFlight(runtime: StartedRuntime): Promise<void> {
  const control = new ControlClient(runtime.record.socket)
  await vi.waitFor(async () => expect((await control.snapshot()).servers[0]).toMatchObject({inFlight: 1}), 5_000)
}

describe('a runtime that is asked to end', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s answers what is in flight, refuses what is new, and leaves no process',
    async signal => {
      const {runtime, family} = await startTree()
      const answer = callTool(runtime.url, 'echo__slow', {ms: 700})
      await untilInFlight(runtime)
      const askedAt = performance.now()
      runtime.process.child.kill(signal)
      await vi.waitFor(() => expect(fetch(`${runtime.url}/health/live`)).rejects.toThrow(/fetch failed/), 2_000)
      expect((await answer).message?.result).toMatchObject({content: [{type: 'text', text: 'slept 700 ms'}]})
      expect(await runtime.process.exited).toEqual({code: 0, signal: null})
      expect(performance.now() - askedAt).toBeLessThan(shutdownMs + 1_000)
      await untilGone(family, 500)
      expect(existsSync(join(runtime.stateDir, 'runtime.json'))).toBe(false)
      expect(existsSync(runtime.record.socket)).toBe(false)
    },
  )

  it('answers what comes on a connection that was kept alive, and asks to close it: a balancer may be sending there', async () => {
    const runtime = await startRuntime()
    const socket = connect(Number(new URL(runtime.url).port), '127.0.0.1').setEncoding('utf8')
    atEnd(() => void socket.destroy())
    let heard = ''
    socket.on('data', text => {
      heard += text
    })
    const request = 'GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n'
    socket.write(request)
    await vi.waitFor(() => expect(heard).toContain('"ok"'))
    heard = ''
    runtime.process.child.kill('SIGTERM')
    await vi.waitFor(() => expect(runtime.logs()['only1mcp.log']).toContain(' Draining '), {interval: 5})
    socket.write(request)
    await once(socket, 'close')
    expect(heard).toMatch(/^HTTP\/1\.1 200 OK\r\n(?:.*\r\n)*connection: close\r\n/i)
    expect(await runtime.process.exited).toEqual({code: 0, signal: null})
  })

  it('cuts off what is still in flight at its deadline, and says how much', async () => {
    const runtime = await startRuntime({servers: [servers[0]], server: {shutdown_timeout: '800ms'}})
    const answer = callTool(runtime.url, 'echo__slow', {ms: 30_000}).then(
      reply => reply.message?.error?.data.blame as unknown,
      () => 'cut off',
    )
    await untilInFlight(runtime)
    const askedAt = performance.now()
    runtime.process.child.kill('SIGTERM')
    expect(await runtime.process.exited).toEqual({code: 0, signal: null})
    expect(performance.now() - askedAt).toBeLessThan(1_800)
    expect(await answer).toEqual(expect.stringMatching(/^(backend-process|proxy|cut off)$/))
  })
})

describe('a runtime that is killed', () => {
  it('leaves no process two seconds later, and the next start takes over what it left', async () => {
    const folder = tempDir()
    const {runtime, family} = await startTree(folder)
    runtime.process.child.kill('SIGKILL')
    await runtime.process.exited
    await untilGone(family, 2_000)
    expect(existsSync(runtime.record.socket)).toBe(true)

    const status = await runCli(['status'], {env: runtime.env})
    expect(status.code).toBe(3)
    expect(status.stderr).toContain(`${runtime.stateDir} remembers pid ${runtime.pid}, which is gone`)

    const next = await startRuntime({servers: [servers[0]]}, {folder})
    expect(next.record.instance).not.toBe(runtime.record.instance)
    await vi.waitFor(() => {
      expect(next.logs()['error.log']).toMatch(
        new RegExp(
          ` WARN only1mcp::runtime - CrashLeftovers .* pid=${runtime.pid} instance=${runtime.record.instance}`,
        ),
      )
    })
    expect((await callTool(next.url, 'echo__add', {a: 2, b: 40})).message?.result.content[0].text).toBe('42')
    expect((await runCli(['status'], {env: next.env})).code).toBe(0)
  })

  it('together with its reaper, leaves children that the next start sweeps, and says how many', async () => {
    const folder = tempDir()
    const {runtime, family} = await startTree(folder)
    const reaper = family.find(process => readFileSync(`/proc/${process.pid}/cmdline`, 'utf8').includes('reaper'))
    process.kill(reaper?.pid ?? 0, 'SIGKILL')
    runtime.process.child.kill('SIGKILL')
    await runtime.process.exited
    const deaf = family.filter(process => process !== reaper)
    await vi.waitFor(() => expect(stillAlive(deaf)).toHaveLength(4)) // echo ends with its stdin

    const next = await startRuntime({}, {folder})
    await untilGone(family, 500)
    await vi.waitFor(() => expect(next.logs()['error.log']).toMatch(/ CrashLeftovers .* children_killed=4/))
  })
})

describe('a state folder that another process left', () => {
  /** What a runtime would have written whose pid is now somebody else's. */
  const recordOf = (stateDir: string, pid: number, startTicks: number): string =>
    JSON.stringify({
      schemaVersion: 1,
      instance: 'deadbeef',
      pid,
      startTicks,
      startedAt: '2026-01-01T00:00:00.000Z',
      argv: [],
      version: '1.0.0',
      configPath: null,
      statePath: stateDir,
      logPath: stateDir,
      host: '127.0.0.1',
      port: 1,
      metricsHost: null,
      metricsPort: null,
      socket: join(stateDir, 'control.sock'),
    })

  it('is taken over when the pid belongs to another program now, which is not touched', async () => {
    const stranger = sleeper()
    const stat = readProcessStat(stranger.pid)
    const {folder, stateDir} = leftBehind(state => recordOf(state, stranger.pid, (stat?.startTicks ?? 0) + 1))
    expect((await runCli(['stop'], {env: {ONLY1MCP_STATE_DIR: stateDir}})).code).toBe(3)
    const next = await startRuntime({}, {folder})
    expect(next.pid).not.toBe(stranger.pid)
    expect(stat && stillAlive([stat])).toHaveLength(1)
  })

  it.each(['', '{"pid": 1', '{"schemaVersion":99}'])('is taken over when its record is %j', async text => {
    const {folder, stateDir} = leftBehind(() => text)
    const status = await runCli(['status'], {env: {ONLY1MCP_STATE_DIR: stateDir}})
    expect(status.code).toBe(3)
    expect(status.stderr).toContain('runtime.json is not a runtime record of this version')
    const next = await startRuntime({}, {folder})
    expect((await runCli(['status'], {env: next.env})).code).toBe(0)
  })
})

/** A folder as `startRuntime` lays it out, with this record and nothing else in the state. */
function leftBehind(record: (stateDir: string) => string): {folder: string; stateDir: string} {
  const folder = tempDir()
  const stateDir = join(folder, 'state')
  mkdirSync(stateDir)
  writeFileSync(join(stateDir, 'runtime.json'), record(stateDir))
  return {folder, stateDir}
}

function sleeper(): RunningProgram {
  return spawnProgram(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
}
