import {chmodSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {expect, it, vi} from 'vitest'
import {readGenerations} from '../../../src/config/generations.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {runCli} from '../../helpers/cli.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {configText, reload, snapshotOf} from './reloading.ts'

const soon = {proxy: {hot_reload: {enabled: false, settle: '200ms'}}}

it('what has served for a while is kept, and can be put back over a bad file', async () => {
  const servers = [stdioServer('a', 'echo.mjs')]
  const runtime = await startRuntime({...soon, servers})
  const kept = () => {
    const read = readGenerations(runtime.stateDir)
    return read.state === 'known' ? read.generations.length : 0
  }
  await vi.waitFor(() => expect(kept()).toBe(1), 10_000)
  const first = readFileSync(runtime.configPath)
  chmodSync(runtime.configPath, 0o640)
  writeFileSync(runtime.configPath, configText({...soon, servers, server: {request_timeout: '7s'}}))
  await reload(runtime)
  await vi.waitFor(() => expect(kept()).toBe(2), 10_000)

  writeFileSync(runtime.configPath, 'servers: [')
  expect(await reload(runtime)).toMatchObject({ok: false})
  const {env} = runtime
  const history = JSON.parse((await runCli(['config', 'history', '--json'], {env})).stdout)
  expect(history.generations.map(({n, current}: {n: number; current: boolean}) => [n, current])).toEqual([
    [2, false],
    [1, false],
  ])
  const unasked = await runCli(['config', 'rollback', '1'], {env})
  expect(unasked).toMatchObject({code: 2, stdout: ''})
  expect(readFileSync(runtime.configPath, 'utf8')).toBe('servers: [')

  const back = await runCli(['config', 'rollback', '1', '--yes', '--json'], {env})
  expect(back).toMatchObject({code: 0})
  const document = JSON.parse(back.stdout)
  expect(document).toMatchObject({generation: 1, reload: {ok: true, changed: true}})
  expect(readFileSync(runtime.configPath)).toEqual(first)
  expect(statSync(runtime.configPath).mode & 0o777).toBe(0o640)
  expect(readFileSync(document.undo, 'utf8')).toBe('servers: [')
  expect((await snapshotOf(runtime)).config.lastReload).toMatchObject({ok: true})
}, 60_000)
