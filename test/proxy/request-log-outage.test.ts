import {setTimeout as wait} from 'node:timers/promises'
import pg from 'pg'
import {expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import {stdioServer} from '../helpers/backends.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {type PostgresServer, startPostgres} from '../helpers/servers/start-postgres.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'

async function idsIn(server: PostgresServer): Promise<string[]> {
  const client = new pg.Client({connectionString: server.url})
  await client.connect()
  try {
    const {rows} = await client.query("SELECT request_id FROM request_logs WHERE method = 'tools/call'")
    return rows.map(row => String(row.request_id)).sort()
  } finally {
    await client.end()
  }
}

function calledIds(runtimes: readonly StartedRuntime[]): string[] {
  const lines = runtimes.map(runtime => runtime.logs()['access.log'] ?? '').join('')
  return [...lines.matchAll(/request_id=(\S+) \S+ POST tools\/call:/g)].map(([, id = '']) => id).sort()
}

it('two runtimes share a request log; killed and frozen under load it costs no request and no row', {
  timeout: 90_000,
}, async () => {
  const server = await startPostgres()
  const config = {
    servers: [stdioServer('echo', 'echo.mjs')],
    observability: {request_log: {backend: 'postgres', postgres: {url: server.url}}},
  }
  const runtimes = [await startRuntime(config), await startRuntime(config)]
  let failed = 0
  let ended = false
  let longestMs = 0
  const callers = runtimes.map(async ({url}) => {
    while (!ended) {
      const began = performance.now()
      const {status, message} = await callTool(url, 'echo__echo', {text: 'x'})
      longestMs = Math.max(longestMs, performance.now() - began)
      if (status !== 200 || message?.error !== undefined) failed++
      await wait(3)
    }
  })
  await vi.waitFor(async () => expect((await idsIn(server)).length).toBeGreaterThan(20), {timeout: 10_000})
  await server.kill()
  await wait(3000)
  await server.restart()
  await wait(3000)
  server.freeze(true)
  await wait(7000)
  server.freeze(false)
  await wait(1000)
  ended = true
  await Promise.all(callers)

  for (const {record} of runtimes) {
    await vi.waitFor(
      async () => {
        const {requestLog} = await new ControlClient(record.socket).snapshot()
        expect(requestLog).toMatchObject({backend: 'postgres', state: 'ok', spooled: 0, dropped: 0})
        expect(requestLog?.spooledTotal).toBeGreaterThan(0)
      },
      {timeout: 10_000, interval: 200},
    )
  }
  for (const runtime of runtimes) await runtime.stop()
  expect(failed).toBe(0)
  expect(longestMs).toBeLessThan(1000)
  expect(await idsIn(server)).toEqual(calledIds(runtimes))
  for (const runtime of runtimes) {
    const kinds = [...(runtime.logs()['error.log'] ?? '').matchAll(/only1mcp::store - (\w+)/g)].map(([, kind]) => kind)
    expect(kinds).toEqual(['StoreTrouble', 'StoreTrouble']) // once for each outage
  }
})
