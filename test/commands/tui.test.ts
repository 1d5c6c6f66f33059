import {execFile} from 'node:child_process'
import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {describe, expect, onTestFinished, test} from 'vitest'
import {freePort} from '../helpers/free-port.ts'
import {cliPath, startInPty} from '../helpers/pty.ts'
import {startRuntime} from '../helpers/start-runtime.ts'

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return new Promise(resolve => {
    const child = execFile(
      cliPath,
      ['tui', ...args],
      {env: {...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8', ...env}},
      (_error, stdout, stderr) => resolve({code: child.exitCode ?? -1, stdout, stderr}),
    )
    child.stdin?.end()
  })
}

describe('only1mcp tui', () => {
  test('without a terminal says what to do instead, in one line, with status 2', async () => {
    const {code, stdout, stderr} = await run(['--demo'])
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toBe('Error: only1mcp tui needs a terminal; use --once for a snapshot, or ssh -t\n')
  })

  test('refuses a terminal that cannot place a cursor', async () => {
    const tui = startInPty(cliPath, ['tui', '--demo'], {env: {TERM: 'dumb'}, cols: 200})
    onTestFinished(() => tui.stop())
    expect((await tui.exited).code).toBe(2)
    expect(tui.raw()).toContain('use --once for a snapshot, or --plain for a stream')
    expect(tui.raw()).not.toContain('\u001b')
  })

  test('--once prints overview, servers and the last requests as plain text', async () => {
    const {code, stdout, stderr} = await run(['--demo', '--once'])
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
    expect(stdout).not.toContain('\u001b')
    for (const part of [
      'only1mcp  demo',
      'weather down since',
      'p50',
      'filesystem',
      'LAST ERROR',
      'TARGET',
      'answered',
    ]) {
      expect(stdout).toContain(part)
    }
    for (const line of stdout.split('\n')) expect([...line].length).toBeLessThanOrEqual(120)
  })

  test('--plain goes on with a line for each thing that happens', async () => {
    const child = execFile(cliPath, ['tui', '--demo', '--plain'], {env: {...process.env, LC_ALL: 'C.UTF-8'}})
    onTestFinished(() => void child.kill('SIGKILL'))
    let out = ''
    for await (const chunk of child.stdout ?? []) {
      out += chunk
      if ((out.match(/^request {2}.*answered/gm)?.length ?? 0) >= 3) break
    }
    expect(out).toContain('Servers')
    expect(out).not.toContain('\u001b')
  })

  test('without a runtime says where it looked, with status 3', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'only1mcp-tui-'))
    onTestFinished(() => rmSync(folder, {recursive: true}))
    const {code, stderr} = await run(['--once'], {ONLY1MCP_STATE_DIR: folder})
    expect(code).toBe(3)
    expect(stderr).toContain(folder)
    expect(stderr).toContain('only1mcp start')
  })

  test('names the socket that nothing answers on', async () => {
    const {code, stderr} = await run(['--once', '--connect', '/nowhere/control.sock'])
    expect(code).toBe(3)
    expect(stderr).toContain('/nowhere/control.sock')
  })

  test('shows the runtime that is found, keeps its last state when it is killed, and finds it again', async () => {
    const runtime = await startRuntime({server: {port: await freePort()}})
    const tui = startInPty(cliPath, ['tui'], {env: runtime.env})
    onTestFinished(() => tui.stop())
    const {host, port} = runtime.record
    await tui.waitFor(`${host}:${port}  ● running`)
    const refused = await fetch(`${runtime.url}/mcp`, {method: 'POST', body: 'no JSON'})
    await refused.text()
    tui.type('3')
    await tui.waitFor(/\/mcp .*error/)
    process.kill(runtime.pid, 'SIGKILL')
    await tui.waitFor(/runtime gone since \d\d:\d\d:\d\d, last state kept, retrying/)
    expect(tui.screen.text()).toMatch(/\/mcp .*error/)
    await runtime.process.exited
    await startRuntime({server: {port}}, {folder: dirname(runtime.stateDir)})
    await tui.waitFor('● running')
  })
})
