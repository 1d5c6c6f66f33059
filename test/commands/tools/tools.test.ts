import {createHash} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {runCli} from '../../helpers/cli.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

let runtime: StartedRuntime
beforeAll(async () => {
  runtime = await startRuntime({servers: [stdioServer('echo', 'echo.mjs'), stdioServer('new', 'modern.mjs')]})
}, 40_000)

const run = (...args: string[]) => runCli(['tools', ...args], {env: runtime.env, cwd: tempDir()})

describe('tools list', () => {
  test('names every tool with its server and what it costs, in 80 columns', async () => {
    const {code, stdout} = await run('list')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^TOOL +SERVER +TOKENS +DESCRIPTION$/m)
    expect(stdout).toMatch(/^echo__add +echo +\d+/m)
    expect(stdout).toMatch(/^new__add +new +\d+/m)
    expect(stdout).toMatch(/^\d+ tools, about \d+ tokens of context in all$/m)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })

  test('--server --json holds the tools of that server alone, and their sum', async () => {
    const {code, stdout} = await run('list', '--server', 'new', '--json')
    const {schemaVersion, tools, tokens} = JSON.parse(stdout)
    expect([code, schemaVersion]).toEqual([0, 1])
    expect(new Set(tools.map((tool: {server: string}) => tool.server))).toEqual(new Set(['new']))
    expect(tokens).toBe(tools.reduce((sum: number, tool: {tokens: number}) => sum + tool.tokens, 0))
    expect(tokens).toBeGreaterThan(0)
    expect((await run('list', '--server', 'none')).code).toBe(2)
  })
})

describe('tools call', () => {
  test('prints what the tool answers', async () => {
    const {code, stdout} = await run('call', 'echo__echo', '--args', '{"text": "hello\\u001b[31m"}')
    expect(code).toBe(0)
    expect(stdout).toContain('hello')
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toMatch(/echo__echo answered after \d+ ms\n$/)
  })

  test('takes arguments from a file and from stdin', async () => {
    const cwd = tempDir()
    writeFileSync(join(cwd, 'args.json'), '{"a": 2, "b": 3}')
    const options = {env: runtime.env, cwd}
    const file = await runCli(['tools', 'call', 'new__add', '--args', '@args.json', '--json'], options)
    const stdin = await runCli(['tools', 'call', 'new__add', '--args', '-', '--json'], {
      ...options,
      input: '{"a": 2, "b": 3}',
    })
    for (const {code, stdout} of [file, stdin]) {
      expect(code).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({schemaVersion: 1, tool: 'new__add', ok: true, error: null})
      expect(JSON.stringify(JSON.parse(stdout).result.content)).toContain('5')
    }
  })

  test('exits with 1 when the tool fails or is not there, and with 2 for arguments that are none', async () => {
    expect((await run('call', 'echo__fail')).code).toBe(1)
    expect((await run('call', 'echo__nothing')).code).toBe(1)
    for (const args of ['{', '[1]', '@/no/such/file'])
      expect((await run('call', 'echo__echo', '--args', args)).code).toBe(2)
    expect((await run('call', 'echo__echo', '--key-env', 'NOT_SET')).code).toBe(2)
    expect((await run('call', 'echo__echo', '--timeout', 'soon')).code).toBe(2)
  })

  test('exits with 4 when there is no answer in time', async () => {
    const {code, stderr} = await run('call', 'echo__slow', '--args', '{"ms": 20000}', '--timeout', '700ms')
    expect([code, stderr]).toEqual([4, expect.stringContaining('did not answer within 700 ms')])
  })

  test('exits with 3 without a runtime', async () => {
    const env = {ONLY1MCP_STATE_DIR: tempDir()}
    expect((await runCli(['tools', 'call', 'x'], {env, cwd: tempDir()})).code).toBe(3)
    expect((await runCli(['tools', 'list'], {env, cwd: tempDir()})).code).toBe(3)
  })
})

test('a proxy with keys is called with the one that --key-env names, and says so without it', async () => {
  const key = 'o1_test-key-that-is-long-enough-0123456789'

  const hash = `sha256:${createHash('sha256').update(key).digest('hex')}`
  const locked = await startRuntime({
    servers: [stdioServer('echo', 'echo.mjs')],
    auth: {api_keys: [{id: 'me', hash}]},
  })
  const call = (args: string[], env: Record<string, string>) =>
    runCli(['tools', 'call', 'echo__add', '--args', '{"a":1,"b":1}', ...args], {
      env: {...locked.env, ...env},
      cwd: tempDir(),
    })
  const refused = await call([], {})
  expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining('--key-env')])
  const letIn = await call(['--key-env', 'MY_KEY'], {MY_KEY: key})
  expect([letIn.code, letIn.stdout + letIn.stderr]).toEqual([0, expect.not.stringContaining(key)])
}, 60_000)
