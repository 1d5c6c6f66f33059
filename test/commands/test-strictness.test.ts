import {chmodSync, mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {stringify} from 'yaml'
import {stdioServer} from '../helpers/backends.ts'
import {runCli} from '../helpers/cli.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

interface Case {
  readonly id: string
  readonly status: string
}

/** A machine on which nothing runs. */
function stopped(config: string, mode: number) {
  const folder = tempDir()
  const [state, file] = [join(folder, 'state'), join(folder, 'config.yaml')]
  mkdirSync(state, {mode: 0o700})
  writeFileSync(file, config)
  chmodSync(file, mode)
  const env = {ONLY1MCP_STATE_DIR: state, ONLY1MCP_LOG_DIR: join(folder, 'log')}
  const run = (...args: string[]) => runCli(['test', '--config', file, '--json', ...args], {env, cwd: folder})
  return {run}
}

function casesOf(stdout: string): readonly Case[] {
  return (JSON.parse(stdout) as {suites: {cases: Case[]}[]}).suites.flatMap(({cases}) => cases)
}

const statusOf = (stdout: string, id: string) => casesOf(stdout).find(each => each.id === id)?.status

const withSecret = 'servers: [{id: a, endpoint: "http://127.0.0.1:9/mcp", auth: {token: not-for-everybody-1}}]\n'

describe('the security suite', () => {
  test('fails where everybody may read a secret, and does not where its owner alone may', async () => {
    const open = await stopped(withSecret, 0o644).run('--suite', 'security')
    expect(statusOf(open.stdout, 'config.permissions')).toBe('fail')
    expect(open.code).toBe(1)
    const closed = await stopped(withSecret, 0o600).run('--suite', 'security')
    expect(statusOf(closed.stdout, 'config.permissions')).toBe('pass')
    expect(closed.code).toBe(0)
    expect(open.stdout + closed.stdout).not.toContain('not-for-everybody')
  })

  test('fails where others reach the port and need no credentials', async () => {
    const {code, stdout} = await stopped('server: {host: 0.0.0.0}\n', 0o600).run('--suite', 'security')
    expect(statusOf(stdout, 'auth.exposed')).toBe('fail')
    expect(code).toBe(1)
  })

  test('tells a refused Host from credentials that are missing', async () => {
    const hash = `sha256:${'a'.repeat(64)}`
    const runtime = await startRuntime({auth: {api_keys: [{id: 'ops', hash}]}})
    const args = ['test', '--suite', 'security', '--json', '--config', runtime.configPath]
    const {stdout} = await runCli(args, {env: runtime.env, cwd: tempDir()})
    // Nobody gave us a key, which is no fault of the proxy.
    const reached = await runCli(['test', '--suite', 'connectivity', '--json'], {env: runtime.env, cwd: tempDir()})
    expect(statusOf(reached.stdout, 'proxy.endpoint')).toBe('info')
    for (const id of ['access.anonymous', 'access.foreign_host', 'access.foreign_origin'])
      expect([id, statusOf(stdout, id)]).toEqual([id, 'pass'])
  })
})

describe('--total', () => {
  test('ends the whole command, though servers hang', async () => {
    const servers = Array.from({length: 30}, (_, i) => ({...stdioServer('h', 'hangs.mjs'), id: `h${i}`}))
    const began = performance.now()
    const {code, stdout} = await stopped(stringify({server: {port: 1}, servers}), 0o600).run(
      '--suite',
      'connectivity',
      '--total',
      '1s',
    )
    // Two rounds of probes at their own deadline would be 14 s.
    expect(performance.now() - began).toBeLessThan(8000)
    const late = casesOf(stdout).filter(({id}) => id === 'servers.reachable')
    expect(late.map(({status}) => status)).toEqual(Array(30).fill('timeout'))
    expect(code).toBe(4)
  })
})

describe('a load that cannot be sent', () => {
  test('leaves the other suites their say', async () => {
    const {code, stdout} = await stopped('servers: []\n', 0o600).run('--suite', 'integrity,performance')
    expect(statusOf(stdout, 'config.valid')).toBe('pass')
    expect(statusOf(stdout, 'performance.load')).toBe('skip')
    expect(code).toBe(3)
  })
})
