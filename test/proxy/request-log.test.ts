import {existsSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import Sqlite from 'better-sqlite3'
import {describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import {stdioServer} from '../helpers/backends.ts'
import {callTool, postModern} from '../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const withLog = {
  servers: [stdioServer('echo', 'echo.mjs')],
  observability: {request_log: {enabled: true}},
}

function rowsOf(runtime: StartedRuntime, table = 'request_logs'): Record<string, unknown>[] {
  const db = new Sqlite(join(runtime.stateDir, 'requests.db'), {readonly: true})
  try {
    return db.prepare(`SELECT * FROM ${table} ORDER BY timestamp`).all() as Record<string, unknown>[]
  } finally {
    db.close()
  }
}

function accessIds(runtime: StartedRuntime): string[] {
  return [...(runtime.logs()['access.log'] ?? '').matchAll(/request_id=(\S+)/g)].map(([, id = '']) => id)
}

describe('the request log', () => {
  it('has a row for each line of access.log when the runtime has ended, with what is known of it', async () => {
    const runtime = await startRuntime(withLog)
    await Promise.all(Array.from({length: 60}, (_, n) => callTool(runtime.url, 'echo__echo', {text: `call ${n}`})))
    await callTool(runtime.url, 'echo__none')
    await postModern(runtime.url, 'tools/list')
    await fetch(`${runtime.url}/nowhere`)
    await runtime.stop()

    const rows = rowsOf(runtime)
    expect(rows.map(row => row.request_id).sort()).toEqual(accessIds(runtime).sort())
    const call = rows.find(row => row.target === 'tools/call:echo__echo')
    expect(call).toEqual({
      request_id: expect.stringMatching(/^[0-9a-f]{8}-\d+$/),
      instance: runtime.record.instance,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      method: 'tools/call',
      target: 'tools/call:echo__echo',
      server_id: 'echo',
      status: 200,
      outcome: 'answered',
      code: null,
      duration_ms: expect.any(Number),
      request_bytes: expect.any(Number),
      response_bytes: expect.any(Number),
      principal: 'anonymous',
      trace_id: expect.any(String),
      cache: null,
      blame: null,
      attempts: 1,
    })
    expect(call?.request_bytes).toBeGreaterThan(100)
    expect(call?.response_bytes).toBeGreaterThan(10)
    expect(rows.find(row => row.target === '/nowhere')).toMatchObject({method: null, status: 404, attempts: 0})
    expect(rows.find(row => row.target === 'tools/call:echo__none')).toMatchObject({outcome: 'error', blame: 'client'})
    expect(statSync(join(runtime.stateDir, 'requests.db')).mode & 0o777).toBe(0o600)
  })

  it('is told of in the snapshot and the metrics', async () => {
    const runtime = await startRuntime(withLog)
    await callTool(runtime.url, 'echo__echo', {text: 'hi'})
    const client = new ControlClient(runtime.record.socket)
    await vi.waitFor(async () => {
      const {requestLog} = await client.snapshot()
      expect(requestLog).toMatchObject({backend: 'sqlite', dropped: 0, spooled: 0, state: 'ok', lastError: null})
      expect(requestLog?.written).toBeGreaterThan(0)
    })
    const metrics = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    expect(metrics).toMatch(/^only1mcp_request_log_rows_total\{result="written"\} [1-9]/m)
    expect(metrics).toMatch(/^only1mcp_request_log_rows_total\{result="dropped"\} 0$/m)
  })

  it('is not kept, and loads nothing, unless it is asked for', async () => {
    for (const observability of [{}, {request_log: {enabled: false}}]) {
      const runtime = await startRuntime({servers: [stdioServer('echo', 'echo.mjs')], observability})
      await callTool(runtime.url, 'echo__echo', {text: 'hi'})
      expect((await new ControlClient(runtime.record.socket).snapshot()).requestLog).toBe(undefined)
      const maps = readFileSync(`/proc/${runtime.pid}/maps`, 'utf8')
      expect(maps).not.toContain('better_sqlite3')
      expect(existsSync(join(runtime.stateDir, 'requests.db'))).toBe(false)
    }
  })

  it('goes on while its database is garbage, removed or locked, and says so in error.log', async () => {
    const folder = tempDir()
    const first = await startRuntime(withLog, {folder})
    await first.stop()
    writeFileSync(join(first.stateDir, 'requests.db'), 'garbage'.repeat(1000))

    const runtime = await startRuntime(withLog, {folder})
    const call = async (): Promise<void> => {
      expect((await callTool(runtime.url, 'echo__echo', {text: 'x'})).message?.error).toBe(undefined)
    }
    const calls = (): number => rowsOf(runtime).filter(row => row.method === 'tools/call').length
    await call()
    await vi.waitFor(() => expect(calls()).toBe(1))
    rmSync(join(runtime.stateDir, 'requests.db'))
    await call()
    await vi.waitFor(() => expect(calls()).toBe(1))
    const locker = new Sqlite(join(runtime.stateDir, 'requests.db'))
    locker.exec('BEGIN IMMEDIATE')
    for (let n = 0; n < 20; n++) await call()
    await vi.waitFor(() => expect(runtime.logs()['error.log']).toContain('StoreTrouble'))
    locker.exec('COMMIT')
    locker.close()
    await vi.waitFor(() => expect(runtime.logs()['only1mcp.log']).toContain('StoreRecovered'), {timeout: 5000})
    expect(calls()).toBe(21)
    const warnings = [...(runtime.logs()['error.log'] ?? '').matchAll(/only1mcp::store - (\w+)/g)]
    expect(warnings.map(([, kind]) => kind)).toEqual(['StoreReplaced', 'StoreReplaced', 'StoreTrouble'])
  })
})

describe('the health history', () => {
  it('has a row for each change of a server with its reason', async () => {
    const servers = [
      {...stdioServer('echo', 'echo.mjs'), health_check: {enabled: true}},
      {id: 'missing', command: '/no/such/program'},
    ]
    const runtime = await startRuntime({servers})
    await vi.waitFor(() => expect(rowsOf(runtime, 'health_checks').length).toBeGreaterThan(1))
    const rows = rowsOf(runtime, 'health_checks')
    expect(rows).toContainEqual(expect.objectContaining({server_id: 'echo', ok: 1, status: 'up', error: null}))
    expect(rows).toContainEqual(
      expect.objectContaining({server_id: 'missing', ok: 0, error: expect.stringContaining('/no/such/program')}),
    )
  })
})
