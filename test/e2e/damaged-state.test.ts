import {mkdirSync, readdirSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {openBreakerStates} from '../../src/store/breaker-states.ts'
import {stdioServer} from '../helpers/backends.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'
import {damages} from '../store/sqlite/damages.ts'
import {idsIn, lineOf, openRequests} from '../store/sqlite/request-files.ts'

it.each(damages)('a runtime starts on databases $what, puts them aside, says so, and writes anew', async ({spoil}) => {
  const folder = tempDir()
  const state = join(folder, 'state')
  mkdirSync(state, {mode: 0o700})
  const [requests, breakers] = [join(state, 'requests.db'), join(state, 'circuit_breakers.db')]
  const {file, write} = openRequests(requests)
  await write(...Array.from({length: 400}, (_, row) => lineOf(`old-${String(row).padStart(4, '0')}`)))
  await file.close(2000)
  const states = openBreakerStates(breakers, () => {})
  const until = Date.now() + 60_000
  for (let n = 0; n < 500; n++) states.save({serverId: `s${n}`, state: 'open', openedAt: 1, failures: 5, until})
  await states.close()
  for (const path of [requests, breakers]) spoil(path)

  const servers = [stdioServer('echo', 'echo.mjs')]
  const runtime = await startRuntime({servers, observability: {request_log: {}}}, {folder})
  expect((await callTool(runtime.url, 'echo__echo', {text: 'x'})).message?.result.content[0].text).toBe('x')
  await vi.waitFor(() => {
    const log = runtime.logs()['error.log'] ?? ''
    for (const name of ['requests.db', 'circuit_breakers.db']) expect(log).toMatch(new RegExp(`WARN .*${name} cannot`))
  })
  expect((await runtime.stop()).code).toBe(0)
  expect(idsIn(requests).length).toBeGreaterThan(0)
  expect(idsIn(requests).join()).not.toContain('old-')
  expect(readdirSync(state).filter(name => /^requests\.db\.corrupt-\d{8}T\d{9}Z$/.test(name))).toHaveLength(1)
})
