import {execFileSync} from 'node:child_process'
import {appendFileSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {stringify} from 'yaml'
import {ControlClient} from '../../src/control/client.ts'
import {readRuntimeFile} from '../../src/control/runtime-file.ts'
import {isAlive, readProcessStat} from '../../src/shared/proc.ts'
import {atEnd} from '../helpers/at-end.ts'
import {stdioServer} from '../helpers/backends.ts'
import {needsBinary} from '../helpers/missing-binary.ts'
import {cliPath, startInPty} from '../helpers/pty.ts'
import {tempDir} from '../helpers/temp-dir.ts'

interface Place {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly command: string
}

function place(): Place {
  const folder = tempDir()
  const config = join(folder, 'config.yaml')
  const servers = [stdioServer('echo', 'echo.mjs')]
  writeFileSync(config, stringify({server: {port: 0}, observability: {metrics: {port: 0}}, servers}))
  const env = {ONLY1MCP_STATE_DIR: join(folder, 'state'), ONLY1MCP_LOG_DIR: join(folder, 'log')}
  return {folder, env, command: `${cliPath} start --config ${config}`}
}

/** The runtime and its child, once both are there. */
async function family({env}: Place) {
  return vi.waitFor(
    async () => {
      const read = readRuntimeFile(env.ONLY1MCP_STATE_DIR ?? '')
      if (read.state !== 'known') throw new Error(read.why)
      const {servers} = await new ControlClient(read.record.socket).snapshot()
      const runtime = readProcessStat(read.record.pid)
      const child = readProcessStat(servers[0]?.pid ?? 0)
      if (runtime === undefined || child === undefined) throw new Error('the server is not up')
      atEnd(() => {
        for (const one of [runtime, child]) if (isAlive(one)) process.kill(one.pid, 'SIGKILL')
      })
      return {runtime, child, record: read.record}
    },
    {timeout: 15_000, interval: 50},
  )
}

async function untilGone(place_: Place, ...processes: Parameters<typeof isAlive>[0][]): Promise<void> {
  await vi.waitFor(() => expect(processes.filter(isAlive)).toEqual([]), {timeout: 10_000, interval: 50})
  expect(readFileSync(join(place_.folder, 'log/only1mcp.log'), 'utf8')).toMatch(/ Stopped .*reason=SIGHUP/)
}

/** CPU time in milliseconds; a clock tick is 10. */
function cpuMs(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
}

describe('a runtime in the foreground of a terminal that goes away', () => {
  it('ends in good order, and no server is left', async () => {
    const here = place()
    const pty = startInPty('/bin/sh', ['-c', `exec ${here.command}`], {env: here.env})
    atEnd(() => pty.stop())
    const {runtime, child} = await family(here)
    pty.hangUp()
    await untilGone(here, runtime, child)
  })

  it('ends when the shell that it was started from does not pass the signal on', async () => {
    const here = place()
    const pty = startInPty('/bin/sh', ['-c', `${here.command}; true`], {env: here.env})
    atEnd(() => pty.stop())
    const {runtime, child} = await family(here)
    pty.hangUp()
    await untilGone(here, runtime, child)
  })

  it('ends with the session of tmux', async () => {
    const tmux = needsBinary('tmux')
    const here = place()
    const name = `only1mcp-${process.pid}-${Date.now()}`
    const run = (...args: string[]) =>
      execFileSync(tmux, ['-L', name, '-f', '/dev/null', ...args], {
        env: {...process.env, ...here.env},
        stdio: 'ignore',
      })
    run('new-session', '-d', '-s', 'it', here.command)
    atEnd(() => {
      try {
        run('kill-server')
      } catch {
        // it ended with its last session
      }
    })
    const {runtime, child} = await family(here)
    run('kill-session', '-t', 'it')
    await untilGone(here, runtime, child)
  })
})

it('a runtime under nohup outlives its terminal without work, and HUP still has the file read', async () => {
  const here = place()
  const pty = startInPty('/bin/sh', ['-c', `nohup ${here.command}`], {env: here.env, cwd: here.folder})
  atEnd(() => pty.stop())
  const {runtime, record} = await family(here)
  const health = async () => (await fetch(`http://127.0.0.1:${record.port}/health`)).status
  pty.hangUp()
  await vi.waitFor(() => expect(isAlive(runtime)).toBe(true))
  await pty.exited
  await new Promise(resolve => setTimeout(resolve, 500))
  const before = cpuMs(runtime.pid)
  await new Promise(resolve => setTimeout(resolve, 2_000))
  // A loop that runs on EIO would take all of it.
  expect(cpuMs(runtime.pid) - before).toBeLessThan(500)
  expect(await health()).toBe(200)
  appendFileSync(join(here.folder, 'config.yaml'), 'x-note: another file\n')
  process.kill(runtime.pid, 'SIGHUP')
  await vi.waitFor(async () => {
    expect((await new ControlClient(record.socket).snapshot()).config.generation).toBe(2)
  }, 10_000)
  process.kill(runtime.pid, 'SIGTERM')
  await vi.waitFor(() => expect(isAlive(runtime)).toBe(false), 10_000)
})
