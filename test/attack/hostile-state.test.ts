import {spawn, spawnSync} from 'node:child_process'
import {chownSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {keepGeneration, readGenerations} from '../../src/config/generations.ts'
import {LogFile} from '../../src/shared/log-file.ts'
import {readProcessStat} from '../../src/shared/proc.ts'
import {needsUser, tempDirOf} from '../helpers/as-user.ts'
import {atEnd} from '../helpers/at-end.ts'
import {runCli} from '../helpers/cli.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

describe('a state folder that somebody prepared', () => {
  it('names a process that is no runtime: stop sends it nothing', async () => {
    const victim = spawn('sleep', ['60'], {stdio: 'ignore'})
    atEnd(() => void victim.kill('SIGKILL'))
    const stateDir = tempDir()
    const record = {
      schemaVersion: 1,
      instance: 'deadbeef',
      pid: victim.pid,
      startTicks: readProcessStat(victim.pid ?? 0)?.startTicks,
      startedAt: '2026-01-01T00:00:00Z',
      argv: [],
      version: '1',
      configPath: null,
      statePath: stateDir,
      logPath: join(stateDir, 'log'),
      host: '127.0.0.1',
      port: 18_099,
      metricsHost: null,
      metricsPort: null,
      socket: join(stateDir, 'no.sock'),
    }
    writeFileSync(join(stateDir, 'runtime.json'), JSON.stringify(record))
    const stopped = await runCli(['stop'], {env: {ONLY1MCP_STATE_DIR: stateDir}})
    expect(stopped.code).toBe(3)
    expect(stopped.stderr).toContain('no signal was sent')
    expect(victim.exitCode ?? victim.signalCode).toBeNull()

    writeFileSync(join(stateDir, 'runtime.json'), JSON.stringify({...record, port: 1e9}))
    const status = await runCli(['status'], {env: {ONLY1MCP_STATE_DIR: stateDir}})
    expect(status.code).toBe(3)
    expect(status.stderr).toContain('is not a runtime record')
  })

  it('belongs to another user: root takes an empty one for its own, and does not use one with things in it', async () => {
    const user = needsUser()
    const folder = tempDir()
    const stateDir = join(folder, 'state')
    mkdirSync(stateDir)
    chownSync(stateDir, user.uid, user.gid)
    await (await startRuntime({}, {folder})).stop()
    expect(statSync(stateDir).uid).toBe(0)
    const planted = tempDirOf(user)
    mkdirSync(join(planted, 'generations'))
    const config = join(tempDir(), 'config.yaml')
    writeFileSync(config, 'server: {port: 0}\n')
    const refused = await runCli(['start', '--config', config], {env: {ONLY1MCP_STATE_DIR: planted}})
    expect(refused.stderr).toContain(`the state folder ${planted} belongs to the user nobody, not to root`)
    expect(refused.code).toBe(3)
  })

  it('holds a configuration to go back to that somebody else wrote, or a pipe in its place: it is none', async () => {
    const user = needsUser()
    const stateDir = tempDir()
    const bytes = Buffer.from('servers: []\n')
    const kept = keepGeneration(stateDir, bytes, {version: '1', since: '2026-01-01T00:00:00Z'})
    const found = () => {
      const read = readGenerations(stateDir)
      return read.state === 'known' ? read.generations.length : read.state
    }
    expect(found()).toBe(1)
    chownSync(kept?.path ?? '', user.uid, user.gid)
    expect(found()).toBe(0)
    rmSync(kept?.path ?? '')
    spawnSync('mkfifo', [kept?.path ?? ''])
    expect(found()).toBe(0)
  })

  it('has lost the record of a runtime that still answers: a second one does not take it over', async () => {
    const first = await startRuntime()
    rmSync(join(first.stateDir, 'runtime.json'))
    const second = await runCli(['start', '--config', first.configPath], {env: first.env})
    expect(second.code).toBe(3)
    expect(second.stderr).toContain('already runs with this state folder')
    expect((await fetch(`${first.url}/health/live`)).status).toBe(200)
  })
})

describe('a log folder that somebody removed', () => {
  it('is made anew, at the latest some seconds later', async () => {
    const folder = join(tempDir(), 'log')
    mkdirSync(folder)
    const path = join(folder, 'access.log')
    const file = new LogFile(path, () => {})
    file.write('one\n')
    await vi.waitFor(() => expect(readFileSync(path, 'utf8')).toBe('one\n'))
    rmSync(folder, {recursive: true})
    await vi.waitFor(
      () => {
        file.write('more\n')
        expect(readFileSync(path, 'utf8')).toContain('more')
      },
      {timeout: 8000, interval: 200},
    )
    file.close()
  })
})
