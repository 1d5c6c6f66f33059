import {execFileSync} from 'node:child_process'
import {appendFileSync, chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {runCli} from '../../helpers/cli.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {configText, reload, replaceConfig, snapshotOf, unwatched} from './reloading.ts'

const timeout = {timeout: 15_000, interval: 50}

function untilGeneration(runtime: StartedRuntime, generation: number): Promise<void> {
  return vi.waitFor(async () => {
    expect((await snapshotOf(runtime)).config.generation).toBe(generation)
  }, timeout)
}

function untilRefused(runtime: StartedRuntime, code: string): Promise<void> {
  return vi.waitFor(async () => {
    const {lastReload} = (await snapshotOf(runtime)).config
    expect(lastReload).toMatchObject({ok: false, trigger: 'file', problems: [{code}]})
  }, timeout)
}

const withTimeout = (seconds: number) => configText({server: {request_timeout: `${seconds}s`}})

describe('the file is watched', () => {
  it('and taken when it is written in place, replaced, or deleted and made again', async () => {
    const runtime = await startRuntime()
    const {configPath} = runtime
    writeFileSync(configPath, withTimeout(11))
    await untilGeneration(runtime, 2)
    replaceConfig(runtime, withTimeout(12))
    await untilGeneration(runtime, 3)
    unlinkSync(configPath)
    await untilRefused(runtime, 'file.missing')
    writeFileSync(configPath, withTimeout(13))
    await untilGeneration(runtime, 4)
    const warned = () => runtime.logs()['error.log']?.match(/ConfigInvalid/g)
    await vi.waitFor(() => expect(warned()).toHaveLength(1))
  })

  it('and taken when a link on the way to it turns elsewhere, as config maps do', async () => {
    const folder = tempDir()
    const place = (name: string, text: string): void => {
      mkdirSync(join(folder, name))
      writeFileSync(join(folder, name, 'config.yaml'), text)
    }
    place('..one', withTimeout(11))
    place('..two', withTimeout(12))
    symlinkSync('..one', join(folder, '..data'))
    symlinkSync('..data/config.yaml', join(folder, 'config.yaml'))
    const runtime = await startRuntime()
    // The file of the runtime becomes the link that Kubernetes mounts, to the folder that is swapped.
    rmSync(runtime.configPath)
    symlinkSync(join(folder, 'config.yaml'), runtime.configPath)
    await untilGeneration(runtime, 2)
    symlinkSync('..two', join(folder, '..next'))
    renameSync(join(folder, '..next'), join(folder, '..data'))
    await untilGeneration(runtime, 3)
  })

  it('a file that is half written is waited for', async () => {
    const runtime = await startRuntime()
    const text = withTimeout(11)
    writeFileSync(runtime.configPath, text.slice(0, -4).concat('\n  : ['))
    // Longer than it takes to be noticed, shorter than what is granted to a writer.
    await new Promise(resolve => setTimeout(resolve, 400))
    writeFileSync(runtime.configPath, text)
    await untilGeneration(runtime, 2)
    expect((await snapshotOf(runtime)).config.reloads).toEqual({taken: 1, refused: 0})
  })

  it('a storm of writes is one reload or two', async () => {
    const runtime = await startRuntime()
    for (let i = 0; i < 200; i++) {
      replaceConfig(runtime, withTimeout(100 + i))
      await new Promise(resolve => setTimeout(resolve, 2))
    }
    await vi.waitFor(async () => {
      expect((await snapshotOf(runtime)).config.reloads?.taken).toBeGreaterThan(0)
    }, timeout)
    const sha = execFileSync('sha256sum', [runtime.configPath], {encoding: 'utf8'}).slice(0, 64)
    await vi.waitFor(async () => expect((await snapshotOf(runtime)).config.sha256).toBe(sha), timeout)
    expect((await snapshotOf(runtime)).config.reloads?.taken).toBeLessThanOrEqual(2)
  })

  it('a pipe, a folder, or a file that may not be read in its place stops nothing', async () => {
    const runtime = await startRuntime({servers: [stdioServer('a', 'echo.mjs')]})
    const {configPath} = runtime
    unlinkSync(configPath)
    execFileSync('mkfifo', [configPath])
    await untilRefused(runtime, 'file.not_regular')
    unlinkSync(configPath)
    mkdirSync(configPath)
    await untilRefused(runtime, 'file.folder')
    rmSync(configPath, {recursive: true})
    writeFileSync(configPath, withTimeout(11), {mode: 0o000})
    chmodSync(configPath, 0o000)
    if (process.getuid?.() === 0) await untilGeneration(runtime, 2)
    else await untilRefused(runtime, 'file.unreadable')
    expect((await fetch(`${runtime.url}/health/live`)).status).toBe(200)
  })

  it('not where hot_reload is off; turning it off in the file holds from then on', async () => {
    const runtime = await startRuntime()
    replaceConfig(runtime, unwatched)
    await untilGeneration(runtime, 2)
    replaceConfig(runtime, withTimeout(11))
    await new Promise(resolve => setTimeout(resolve, 3_000))
    expect((await snapshotOf(runtime)).config.generation).toBe(2)
    expect(await reload(runtime)).toMatchObject({ok: true, generation: 3})
    replaceConfig(runtime, withTimeout(12))
    await untilGeneration(runtime, 4)
  })
})

describe('HUP', () => {
  it('has the file read again, together with whoever else asks', async () => {
    const runtime = await startRuntime(unwatched)
    replaceConfig(runtime, withTimeout(11))
    runtime.process.child.kill('SIGHUP')
    await untilGeneration(runtime, 2)
    expect((await snapshotOf(runtime)).config.lastReload).toMatchObject({ok: true, trigger: 'signal'})
    replaceConfig(runtime, withTimeout(12))
    for (let i = 0; i < 20; i++) runtime.process.child.kill('SIGHUP')
    expect(await reload(runtime)).toMatchObject({ok: true})
    await untilGeneration(runtime, 3)
  })
})

describe('only1mcp reload', () => {
  it('prints what changed, and 2 with the place for a file that is not valid', async () => {
    const a = stdioServer('a', 'echo.mjs')
    const runtime = await startRuntime({...unwatched, servers: [a]})
    const {env} = runtime
    replaceConfig(runtime, {...unwatched, servers: [{...a, weight: 2}, stdioServer('b', 'echo.mjs')]})
    const good = await runCli(['reload'], {env})
    expect(good).toMatchObject({code: 0, stderr: ''})
    expect(good.stdout).toMatch(
      /^reloaded .*config\.yaml in \d+ ms \(generation 2\)\n {2}added: b\n {2}changed \(same process or connection\): a\n$/,
    )
    expect((await runCli(['reload'], {env})).stdout).toMatch(/^nothing to reload: .* \(generation 2\)\n$/)
    appendFileSync(runtime.configPath, 'nonsense: 1\n')
    const bad = await runCli(['reload'], {env})
    expect(bad).toMatchObject({code: 2, stdout: ''})
    expect(bad.stderr).toContain('nonsense: 1\n')
    expect(bad.stderr).toMatch(/config\.yaml:\d+:1: error: /)
    expect(bad.stderr).toContain(
      'not reloaded: the configuration is not valid; the one before stays in force (generation 2)',
    )
    const json = await runCli(['reload', '--json'], {env})
    expect(json.code).toBe(2)
    expect(JSON.parse(json.stdout)).toMatchObject({schemaVersion: 1, ok: false, problems: [{code: 'key.unknown'}]})
    expect(runtime.logs()['audit.log']).toContain('reload')
  })

  it('is 3 where no runtime runs', async () => {
    const folder = tempDir()
    const none = await runCli(['reload'], {env: {ONLY1MCP_STATE_DIR: folder}})
    expect(none.code).toBe(3)
  })

  it('is refused while the runtime drains', async () => {
    const runtime = await startRuntime({...unwatched, servers: [stdioServer('a', 'echo.mjs')]})
    const stopped = runtime.stop()
    const late = await reload(runtime).catch((error: Error) => error)
    expect(late instanceof Error || late.ok === false).toBe(true)
    expect((await stopped).code).toBe(0)
  })

  it('keeps what the command line said', async () => {
    const runtime = await startRuntime(unwatched, {args: ['--log-level', 'debug']})
    replaceConfig(runtime, {...unwatched, observability: {logging: {level: 'error'}, metrics: {port: 0}}})
    expect(await reload(runtime)).toMatchObject({ok: true})
    expect((await snapshotOf(runtime)).logging?.filter).toBe('debug')
  })
})
