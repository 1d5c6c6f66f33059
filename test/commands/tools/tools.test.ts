import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {runCli} from '../../helpers/cli.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

describe('tools list and tools call', () => {
  test('show the tools of the running proxy, and call them', async () => {
    const runtime = await startRuntime({
      servers: [stdioServer('one', 'echo.mjs'), stdioServer('two', 'hangs.mjs', ['calls'])],
    })
    const tools = (...args: string[]) => runCli(['tools', ...args], {env: {...runtime.env}})

    const list = await tools('list', '--server', 'one', '--json')
    const document = JSON.parse(list.stdout) as {
      tools: {name: string; server: string; tokens: number}[]
      tokens: number
    }
    expect(document.tools.map(({name}) => name)).toContain('one__echo')
    expect(new Set(document.tools.map(({server}) => server))).toEqual(new Set(['one']))
    expect(document.tokens).toBe(document.tools.reduce((sum, {tokens}) => sum + tokens, 0))
    expect((await tools('list')).stdout).toMatch(/^one__echo +one +\d+/m)
    expect((await tools('list', '--server', 'three')).code).toBe(2)

    const echo = await tools('call', 'one__echo', '--args', '{"text": "hello \\u001b[31m"}')
    expect(echo).toMatchObject({code: 0, stdout: expect.stringContaining('hello')})
    expect(echo.stdout).not.toContain('\u001b')
    const file = join(tempDir(), 'args.json')
    writeFileSync(file, '{"text": "from a file"}')
    expect((await tools('call', 'one__echo', '--args', `@${file}`, '--json')).stdout).toContain('from a file')

    expect((await tools('call', 'one__fail')).code).toBe(1)
    expect((await tools('call', 'one__echo', '--args', '[1]')).code).toBe(2)
    expect((await tools('call', 'one__echo', '--args', '@/nowhere')).code).toBe(3)
    const [name] = (JSON.parse((await tools('list', '--server', 'two', '--json')).stdout) as typeof document).tools
    expect((await tools('call', name?.name ?? '', '--timeout', '300ms')).code).toBe(4)
  })

  test('say that there is no runtime', async () => {
    const env = {ONLY1MCP_STATE_DIR: tempDir()}
    expect((await runCli(['tools', 'list'], {env})).code).toBe(3)
    expect((await runCli(['tools', 'call', 'x'], {env})).code).toBe(3)
  })
})
