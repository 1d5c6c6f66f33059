import {readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {stdioServer} from '../helpers/backends.ts'
import {runCli} from '../helpers/cli.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const servers = [stdioServer('echo', 'echo.mjs')]

describe('log-level', () => {
  it('changes what a running runtime logs, shows it, and goes back', async () => {
    const runtime = await startRuntime({servers, observability: {logging: {modules: {'only1mcp::stderr': 'warn'}}}})
    const cli = async (...args: string[]): Promise<string> => {
      const {code, stdout, stderr} = await runCli(['log-level', ...args], {env: runtime.env})
      return `${code} ${stdout}${stderr}`
    }
    const details = (): number => (runtime.logs()['only1mcp.log'] ?? '').split(' DEBUG only1mcp::proxy ').length - 1

    expect(await cli()).toBe('0 log level: info,only1mcp::stderr=warn\n')
    await callTool(runtime.url, 'echo__add', {a: 1, b: 1})
    expect(await cli('only1mcp::proxy=debug')).toBe(
      '0 log level: info,only1mcp::stderr=warn,only1mcp::proxy=debug (was info,only1mcp::stderr=warn)\n',
    )
    expect(details()).toBe(0)
    const secret = 'not-for-the-log-4711'
    await callTool(runtime.url, 'echo__echo', {message: secret})
    expect(await cli('--reset')).toMatch(/^0 log level: info,only1mcp::stderr=warn \(was /)
    const told = details()
    expect(told).toBeGreaterThan(0)
    await callTool(runtime.url, 'echo__add', {a: 1, b: 1})
    expect(details()).toBe(told)
    expect(Object.values(runtime.logs()).join('')).not.toContain(secret)
    await vi.waitFor(() =>
      expect(readFileSync(join(runtime.logDir, 'audit.log'), 'utf8').split('\n').slice(0, -1)).toEqual([
        expect.stringMatching(/ - Action log_level from="info,/),
        expect.stringMatching(/ - Action log_level from="info,/),
      ]),
    )

    expect(await cli('loud')).toMatch(/^2 Error: invalid log filter "loud": "loud" is no level/)
    expect(JSON.parse((await runCli(['log-level', '--json'], {env: runtime.env})).stdout)).toEqual({
      schemaVersion: 1,
      instance: runtime.record.instance,
      filter: 'info,only1mcp::stderr=warn',
      configured: 'info,only1mcp::stderr=warn',
    })
  })
})

describe('the log level of a start', () => {
  it.each([
    [
      ['--log-level', 'warn,only1mcp::proxy=debug'],
      {ONLY1MCP_LOG: 'error', RUST_LOG: 'x=('},
      'warn,only1mcp::proxy=debug',
    ],
    [[], {ONLY1MCP_LOG: 'only1mcp::proxy=trace', RUST_LOG: 'error'}, 'info,only1mcp::auth=debug,only1mcp::proxy=trace'],
    [[], {ONLY1MCP_LOG: '', RUST_LOG: 'error'}, 'error'],
    [[], {}, 'info,only1mcp::auth=debug'],
  ])('is the first of flag, ONLY1MCP_LOG, RUST_LOG and file: %j %j', async (args, env, expected) => {
    const config = {observability: {logging: {modules: {auth: 'debug'}}}}
    const runtime = await startRuntime(config, {args, env})
    expect((await runCli(['log-level'], {env: runtime.env})).stdout).toBe(`log level: ${expected}\n`)
  })

  it('is refused with the part that is wrong where it is none', async () => {
    const config = join(tempDir(), 'config.yaml')
    writeFileSync(config, 'server: {port: 0}\n')
    const runtime = await runCli(['start', '--config', config], {
      env: {RUST_LOG: 'info,only1mcp::proxy=lots'},
    })
    expect([runtime.code, runtime.stderr]).toEqual([
      2,
      expect.stringContaining('RUST_LOG: invalid log filter "only1mcp::proxy=lots": "lots" is no level'),
    ])
  })
})
