import {chmodSync, mkdirSync, readdirSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {needsReadable} from '../helpers/as-user.ts'
import {launcher, runCli, spawnCli} from '../helpers/cli.ts'
import {runProgram} from '../helpers/program.ts'
import {skipTest} from '../helpers/skip-test.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

describe('whoever started the runtime', () => {
  it('may close its output, and it goes on', async () => {
    const runtime = await startRuntime()
    runtime.process.child.stdout.destroy()
    runtime.process.child.stderr.destroy()
    // A log file that cannot be reopened is a line on stderr.
    rmSync(join(runtime.logDir, 'access.log'))
    mkdirSync(join(runtime.logDir, 'access.log'))
    process.kill(runtime.pid, 'SIGUSR2')
    await new Promise(resolve => setTimeout(resolve, 300))
    expect((await fetch(`${runtime.url}/health/live`)).status).toBe(200)
    expect((await runtime.stop()).code).toBe(0)
  })

  it('hears at once of a pid file that cannot be written', async () => {
    const first = await startRuntime()
    await first.stop()
    const missing = join(first.stateDir, 'missing', 'x.pid')
    const second = spawnCli(['start', '--config', first.configPath, '--pid-file', missing], {env: first.env})
    expect((await second.exited).code).toBe(3)
    expect(second.stderr()).toContain(`cannot write the pid file ${missing}`)
    expect(readdirSync(first.stateDir)).not.toContain('runtime.json')
  })
})

describe('a command', () => {
  const env = {ONLY1MCP_STATE_DIR: '/nonexistent/state'}

  it('works in a folder that was removed', async () => {
    const gone = join(tempDir(), 'gone')
    mkdirSync(gone)
    const script = `cd '${gone}' && rmdir '${gone}' && exec '${launcher}' status`
    const result = await runProgram('sh', ['-c', script], {env})
    expect(result.stderr).toContain('no runtime is running')
    expect(result.code).toBe(3)
  })

  it('works with hardly any PATH', async () => {
    const result = await runProgram('/bin/sh', [launcher, 'status'], {env: {...env, PATH: '/nonexistent'}})
    expect([result.code, result.stderr.split('\n')[0]]).toEqual([3, expect.stringContaining('no runtime is running')])
  })

  it('works without HOME for a user that is not in passwd', async () => {
    if (process.getuid?.() !== 0) skipTest('acting as an unknown user needs root')
    const user = {name: 'an unknown user', uid: 54_321, gid: 54_321}
    needsReadable(user)
    const result = await runCli(['status'], {env: {...env, HOME: undefined}, user})
    expect(result.stderr).toContain('no runtime is running')
  })

  it('runs no compiled code from a folder that others can write to', async () => {
    const [shared, home] = [tempDir(), tempDir()]
    chmodSync(shared, 0o777)
    await runCli(['status'], {env: {...env, TMPDIR: shared, HOME: home}})
    expect(readdirSync(shared)).toEqual([])
    expect(readdirSync(join(home, '.cache/only1mcp')).length).toBeGreaterThan(0)

    const others = join(shared, 'cache')
    mkdirSync(others)
    chmodSync(others, 0o777)
    await runCli(['status'], {env: {...env, TMPDIR: shared, HOME: home, XDG_CACHE_HOME: others}})
    expect(readdirSync(join(others, 'only1mcp'))).toEqual([])
  })
})

it.each([
  ['command', []],
  ['flag', ['status']],
  ['argument', ['validate', 'a']],
])('a %s with control characters is shown, not obeyed', async (what, before) => {
  const name = `${what === 'flag' ? '--' : ''}x\u001b[31m\u202e`
  const {code, stderr} = await runCli([...before, name])
  expect(code).toBe(2)
  expect(stderr).toContain('␛[31m')
  expect(stderr).not.toMatch(/[\u001b\u202e]/)
})
