import {setTimeout as sleep} from 'node:timers/promises'
import pg from 'pg'
import {expect, it, vi} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {callTool} from '../../helpers/post-mcp.ts'
import {startPostgres} from '../../helpers/servers/start-postgres.ts'
import type {StartedRuntime} from '../../helpers/start-runtime.ts'
import {openSession} from '../protocol/session-client.ts'
import {snapshotOf, startInstances} from './start-instances.ts'

function calledIds(runtimes: readonly StartedRuntime[]): string[] {
  const lines = runtimes.map(runtime => runtime.logs()['access.log'] ?? '').join('')
  return [...lines.matchAll(/request_id=(\S+) \S+ POST tools\/call:/g)].map(([, id = '']) => id).sort()
}

it('Redis and PostgreSQL killed and frozen under load cost no request and no row', {timeout: 120_000}, async () => {
  const postgres = await startPostgres()
  const {runtimes, redis, url} = await startInstances({
    servers: [stdioServer('echo', 'echo.mjs')],
    rate_limit: {per_principal: {requests_per_minute: 1_000_000}},
    observability: {request_log: {backend: 'postgres', postgres: {url: postgres.url}}},
  })
  const failures: string[] = []
  let [calls, longestMs, ended] = [0, 0, false]
  const legacy = await openSession(url)
  const callOnce = [
    async (text: string) => (await callTool(url, 'echo__echo', {text})).message ?? {},
    async (text: string) => (await legacy.call('tools/call', {name: 'echo__echo', arguments: {text}})).answer,
  ]
  const callers = [...callOnce, ...callOnce].map(async (call, caller) => {
    for (let n = 0; !ended; n++) {
      const [began, text] = [performance.now(), `${caller}-${n}`]
      const answer = await call(text).catch((error: Error) => ({error: {message: error.message}}))
      longestMs = Math.max(longestMs, performance.now() - began)
      calls++
      if ('error' in answer && answer.error) failures.push(answer.error.message)
      else if (!('result' in answer) || answer.result?.content[0].text !== text)
        failures.push(`wrong answer to ${text}`)
      await sleep(5)
    }
  })
  await sleep(1000)
  redis.process().child.kill('SIGSTOP')
  await sleep(2500)
  redis.process().child.kill('SIGCONT')
  postgres.freeze(true)
  await sleep(2500)
  redis.process().child.kill('SIGKILL')
  await sleep(1500)
  postgres.freeze(false)
  await postgres.kill()
  await sleep(1500)
  await Promise.all([redis.restart(), postgres.restart()])
  await sleep(1000)
  ended = true
  await Promise.all(callers)
  expect(failures).toEqual([])
  expect(calls).toBeGreaterThan(200)
  expect(longestMs).toBeLessThan(1000)

  for (const runtime of runtimes) {
    await vi.waitFor(
      async () => {
        const {requestLog, shared} = await snapshotOf(runtime)
        expect(requestLog).toMatchObject({state: 'ok', spooled: 0, dropped: 0})
        expect(shared?.up).toBe(true)
      },
      {timeout: 15_000, interval: 200},
    )
  }
  for (const runtime of runtimes) await runtime.stop()
  const client = new pg.Client({connectionString: postgres.url})
  await client.connect()
  const {rows} = await client.query("SELECT request_id FROM request_logs WHERE method = 'tools/call'")
  await client.end()
  expect(rows.map(row => String(row.request_id)).sort()).toEqual(calledIds(runtimes))
})

it('a runtime that is killed takes along what was in flight there, and nothing else', {timeout: 60_000}, async () => {
  const {runtimes, url} = await startInstances({servers: [stdioServer('echo', 'echo.mjs')]})
  const client = await openSession(url)
  const call = async (name: string, args: object) => (await client.call('tools/call', {name, arguments: args})).answer
  for (let n = 0; n < 4; n++) await call('echo__echo', {text: 'x'})
  const slow = Array.from({length: 6}, () =>
    client.call('tools/call', {name: 'echo__slow', arguments: {ms: 1500}}).then(
      ({answer}) => (answer.result === undefined ? 'lost' : 'answered'),
      () => 'lost',
    ),
  )
  await vi.waitFor(async () => {
    for (const runtime of runtimes) expect((await snapshotOf(runtime)).requests.inFlight).toBe(3)
  })
  runtimes[0].process.child.kill('SIGKILL')
  expect((await Promise.all(slow)).sort()).toEqual(['answered', 'answered', 'answered', 'lost', 'lost', 'lost'])
  // The session goes on at the other one.
  for (let n = 0; n < 6; n++) expect((await call('echo__echo', {text: `${n}`})).result.content[0].text).toBe(`${n}`)
})
