import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {stringify} from 'yaml'
import {readProcessStat} from '../../src/shared/proc.ts'
import {atEnd} from '../helpers/at-end.ts'
import {runCli} from '../helpers/cli.ts'
import {freePort} from '../helpers/free-port.ts'
import {stillAlive} from '../helpers/processes.ts'
import {spawnProgram} from '../helpers/program.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

/** A folder with a config of one server that leaves a mark as soon as it is started. */
function marked(config: Record<string, unknown> = {}) {
  const folder = tempDir()
  const mark = join(folder, 'a-child-was-started')
  const path = join(folder, 'config.yaml')
  writeFileSync(path, stringify({servers: [{id: 'mark', command: 'touch', args: [mark]}], ...config}))
  const env = {ONLY1MCP_STATE_DIR: join(folder, 'state'), ONLY1MCP_LOG_DIR: join(folder, 'log')}
  return {folder, path, env, wasStarted: () => existsSync(mark)}
}

describe('a start that cannot serve', () => {
  it('with a state folder in use says by whom, and leaves that one alone', async () => {
    const first = await startRuntime()
    const {path, wasStarted} = marked()
    const second = await runCli(['start', '--config', path, '--port', '0'], {env: first.env})
    expect(second.code).toBe(3)
    expect(second.stderr).toContain(
      `Error: only1mcp is already running with this state folder (pid ${first.pid}, 127.0.0.1:${first.record.port})`,
    )
    expect(second.stderr).toContain('only1mcp stop')
    expect(wasStarted()).toBe(false)
    expect((await fetch(`${first.url}/health`)).status).toBe(200)
    expect((await runCli(['status'], {env: first.env})).code).toBe(0)
  })

  it.each(['MCP', 'metrics'] as const)('with the %s port in use names the owner, and starts no child', async what => {
    const owner = spawnProgram('python3', ['-u', '-c', listenScript])
    const [, port] = await owner.untilOutput(/^(\d+)$/m)
    const metrics = {metrics: {port: what === 'metrics' ? Number(port) : 0}}
    const {path, env, wasStarted} = marked({observability: metrics})
    const began = performance.now()
    const {code, stdout, stderr} = await runCli(
      ['start', '--config', path, '--port', what === 'MCP' ? String(port) : '0'],
      {
        env,
      },
    )
    expect({code, stdout}).toEqual({code: 3, stdout: ''})
    expect(stderr).toMatch(
      new RegExp(
        `^Error: 127\\.0\\.0\\.1:${port} \\(${what}\\) is already in use by python3\\S* \\(pid ${owner.pid}, user \\w+\\)`,
      ),
    )
    expect(stderr).toContain('--port')
    // Within a second on a machine that does nothing else; the tests run beside each other.
    expect(performance.now() - began).toBeLessThan(3_000)
    expect(wasStarted()).toBe(false)
    expect(existsSync(join(env.ONLY1MCP_STATE_DIR, 'runtime.json'))).toBe(false)
  })
})

const listenScript =
  'import socket,time\ns=socket.socket()\ns.bind(("127.0.0.1",0))\ns.listen()\nprint(s.getsockname()[1])\ntime.sleep(60)'

describe('start --daemon', () => {
  it('returns when the runtime answers; status and stop find it, and the pid file goes with it', async () => {
    const {folder, path, env} = marked({observability: {metrics: {enabled: false}}})
    const pidFile = join(folder, 'only1mcp.pid')
    const start = await runCli(['start', '--daemon', '--config', path, '--port', '0', '--pid-file', pidFile], {env})
    const pid = Number(readFileSync(pidFile, 'utf8'))
    atEnd(() => killIfThere(pid))
    expect(start).toMatchObject({code: 0, stderr: ''})
    expect(start.stdout).toContain(`runs in the background: pid ${pid}, 127.0.0.1:`)

    const status = await runCli(['status', '--json'], {env})
    expect(JSON.parse(status.stdout)).toMatchObject({pid, state: 'running', metricsUrl: null})
    const daemon = [readProcessStat(pid)].filter(stat => stat !== undefined)
    expect(stillAlive(daemon)).toHaveLength(1)
    const stop = await runCli(['stop'], {env})
    expect(stop).toMatchObject({code: 0, stdout: expect.stringMatching(`^stopped pid ${pid} `)})
    expect(existsSync(pidFile)).toBe(false)
    expect(stillAlive(daemon)).toEqual([])
    expect(readFileSync(join(env.ONLY1MCP_LOG_DIR, 'audit.log'), 'utf8')).toMatch(/ only1mcp::audit - Action stop /)

    for (const command of [['status'], ['stop'], ['health', 'status'], ['server', 'list'], ['tui', '--once']]) {
      const {code, stderr} = await runCli(command, {env})
      expect({command, code}).toEqual({command, code: 3})
      expect(stderr).toMatch(/^Error: no runtime is running \(looked in /)
      expect(stderr).toContain('only1mcp start')
    }
  })

  it('says why when it cannot, with the status of the start itself', async () => {
    const holder = await startRuntime()
    const {path, env} = marked()
    const {code, stderr} = await runCli(['start', '--daemon', '--config', path, '--port', String(holder.record.port)], {
      env,
    })
    expect(code).toBe(3)
    expect(stderr).toMatch(
      new RegExp(`^Error: .*:${holder.record.port} \\(MCP\\) is already in use by .*pid ${holder.pid}`),
    )
  })
})

describe('a setting', () => {
  it('of a flag wins over the environment, and that over the file', async () => {
    const [file, variable, flag] = [await freePort(), await freePort(), await freePort()]
    const fileConfig = {server: {host: '127.0.0.1', port: file}, observability: {logging: {level: 'info'}}}
    const env = {
      ONLY1MCP_HOST: '127.0.0.2',
      ONLY1MCP_PORT: String(variable),
      ONLY1MCP_LOG_FORMAT: 'json',
      ONLY1MCP_LOG: 'error',
    }
    const byEnvironment = await startRuntime(fileConfig, {env})
    expect(byEnvironment.record).toMatchObject({host: '127.0.0.2', port: variable})
    await byEnvironment.stop()
    expect(byEnvironment.logs()['only1mcp.log']).toBe('')
    expect(firstLine(byEnvironment.logs()['access.log'])).toMatch(/^\{"timestamp":.*"target":"\/health"/)

    const args = ['--host', '127.0.0.3', '--port', String(flag), '--log-format', 'text', '--log-level', 'info']
    const byFlag = await startRuntime(fileConfig, {env, args})
    expect(byFlag.record).toMatchObject({host: '127.0.0.3', port: flag})
    await byFlag.stop()
    expect(firstLine(byFlag.logs()['only1mcp.log'])).toMatch(/^\S+Z INFO only1mcp::runtime - Started /)
    expect(firstLine(byFlag.logs()['access.log'])).toMatch(/^\S+Z INFO only1mcp::access request_id=/)
  })

  it.each([
    [{ONLY1MCP_PORT: '80800'}, [], 'ONLY1MCP_PORT is "80800"; it must be a port from 0 to 65535'],
    [{ONLY1MCP_LOG_FORMAT: 'xml'}, [], 'ONLY1MCP_LOG_FORMAT is "xml"; it must be text or json'],
    [
      {},
      ['--log-level', 'loud'],
      '--log-level: invalid log filter "loud": "loud" is no level (trace, debug, info, warn, error, off)',
    ],
  ])('that is nonsense ends the start with 2: %o %o', async (extra, flags, says) => {
    const {path, env, wasStarted} = marked()
    const {code, stderr} = await runCli(['start', '--config', path, ...flags], {env: {...env, ...extra}})
    expect(code).toBe(2)
    expect(stderr).toContain(`Error: ${says}`)
    expect(wasStarted()).toBe(false)
  })
})

function firstLine(text: string | undefined): string {
  return (text ?? '').split('\n', 1)[0] ?? ''
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it has ended, as it should
  }
}
