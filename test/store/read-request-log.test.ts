import {execFileSync} from 'node:child_process'
import {mkdirSync, readdirSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {openPostgresLog} from '../../src/store/postgres/postgres-log.ts'
import {readHealthHistory} from '../../src/store/read-health-history.ts'
import {openRequestLogReader, type RequestLogReader} from '../../src/store/read-request-log.ts'
import type {RequestLog} from '../../src/store/request-log.ts'
import {openRequestStore} from '../../src/store/request-store.ts'
import {atEnd} from '../helpers/at-end.ts'
import {startPostgres} from '../helpers/servers/start-postgres.ts'
import {skipTest} from '../helpers/skip-test.ts'
import {tempDir} from '../helpers/temp-dir.ts'

/** 100 calls of tools with durations of 1 to 100 ms within the hour, 20 lists, and calls of yesterday that took long. */
function fill(log: RequestLog): void {
  const row = (n: number, method: string, durationMs: number, agoMs: number): void =>
    log.record({
      requestId: `i-${n}`,
      instance: 'i',
      timestamp: new Date(Date.now() - agoMs).toISOString(),
      method,
      target: method,
      serverId: n % 2 === 0 ? 'github' : 'memory',
      status: 200,
      outcome: 'answered',
      code: null,
      durationMs,
      requestBytes: 10,
      responseBytes: 20,
      principal: null,
      traceId: null,
      cache: null,
      blame: null,
      attempts: 1,
    })
  for (let n = 1; n <= 100; n++) row(n, 'tools/call', n, 1000 * n)
  for (let n = 101; n <= 120; n++) row(n, 'tools/list', 5, 60_000)
  for (let n = 121; n <= 130; n++) row(n, 'tools/call', 9999, 86_400_000)
  for (let n = 131; n <= 140; n++) row(n, 'prompts/list', 1, 60_000)
}

async function filledSqlite(): Promise<string> {
  const stateDir = tempDir()
  const store = await openRequestStore({
    stateDir,
    requestLog: {backend: 'sqlite', maxAgeMs: 0, maxBytes: 0},
    healthHistory: true,
    tell: ({message}) => {
      throw new Error(message)
    },
  })
  if (store.requests) fill(store.requests)
  await store.close(5000)
  return join(stateDir, 'requests.db')
}

async function reader(pathOrUrl: string): Promise<RequestLogReader> {
  const opened = await openRequestLogReader(pathOrUrl)
  atEnd(() => opened.close())
  return opened
}

const slowMethods = `SELECT
    method,
    AVG(duration_ms) as avg_duration,
    MAX(duration_ms) as max_duration,
    COUNT(*) as count
FROM request_logs
WHERE timestamp > NOW() - INTERVAL '1 hour'
GROUP BY method
ORDER BY avg_duration DESC;`

const percentiles = `-- percentiles of the last hour
SELECT
    method,
    percentile_cont(0.99) WITHIN GROUP (ORDER BY duration_ms) as p99,
    percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms) as p95,
    percentile_cont(0.50) WITHIN GROUP (ORDER BY duration_ms) as p50,
    COUNT(*) as count
FROM request_logs
WHERE timestamp > NOW() - INTERVAL '1 hour'
GROUP BY method
HAVING COUNT(*) > 10
ORDER BY p99 DESC;`

const backends: readonly {readonly what: string; readonly open: () => Promise<RequestLogReader>}[] = [
  {what: 'SQLite', open: async () => reader(await filledSqlite())},
  {
    what: 'PostgreSQL',
    open: async () => {
      const server = await startPostgres()
      const settings = {url: server.url, spoolDir: join(tempDir(), 'spool'), maxSpoolBytes: 1e7, maxAgeMs: 0}
      const log = openPostgresLog(settings, () => {})
      fill(log.requests)
      await vi.waitFor(() => expect(log.requests.figures().written).toBe(140), {timeout: 10_000})
      await log.close(1000)
      return reader(server.url)
    },
  },
]

describe.each(backends)('questions to a request log in $what', ({open}) => {
  it('are answered alike, and change nothing', {timeout: 60_000}, async () => {
    const log = await open()
    expect(await log.query(slowMethods)).toEqual([
      {method: 'tools/call', avg_duration: 50.5, max_duration: 100, count: 100},
      {method: 'tools/list', avg_duration: 5, max_duration: 5, count: 20},
      {method: 'prompts/list', avg_duration: 1, max_duration: 1, count: 10},
    ])
    const [calls, lists] = await log.query(percentiles)
    expect(calls).toEqual({
      method: 'tools/call',
      p99: expect.closeTo(99.01),
      p95: expect.closeTo(95.05),
      p50: 50.5,
      count: 100,
    })
    expect(lists).toEqual({method: 'tools/list', p99: 5, p95: 5, p50: 5, count: 20})

    const [row] = await log.query('SELECT * FROM request_logs WHERE request_id = $1', ['i-7'])
    expect(row).toMatchObject({server_id: 'memory', duration_ms: 7, response_bytes: 20, code: null})
    expect(row?.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    const hours = await log.query(
      `SELECT date_trunc('day', timestamp) AS day, count(*) AS n, round(avg(duration_ms)::numeric, 1) AS avg
       FROM request_logs WHERE method ILIKE 'PROMPTS%' GROUP BY 1`,
    )
    expect(hours).toEqual([{day: expect.stringMatching(/T00:00:00\.000Z$/), n: 10, avg: 1}])

    for (const sql of [
      'DELETE FROM request_logs',
      'DROP TABLE request_logs',
      "INSERT INTO request_logs (request_id) VALUES ('x')",
    ])
      await expect(log.query(sql)).rejects.toThrow()
    await expect(log.query('SELECT 1; DELETE FROM request_logs')).rejects.toThrow()
    expect(await log.query('SELECT count(*) AS n FROM request_logs')).toEqual([{n: 140}])
  })

  it('that are wrong are refused with line and column', {timeout: 60_000}, async () => {
    const log = await open()
    await expect(log.query('SELECT method,\n  speed\nFROM request_logs')).rejects.toThrow(/^line 2, column 3: .*speed/)
    await expect(log.query('SELECT count(*)\nFORM request_logs')).rejects.toThrow(
      /^line 2, column (1|6): .*syntax error/,
    )
    await expect(log.query('SELECT * FROM request_log')).rejects.toThrow(/^line 1, column 15: .*request_log/)
    await expect(log.query('SELECT * FROM request_logs WHERE (')).rejects.toThrow(/^line 1, column 35: /)
  })
})

describe('a SQLite file', () => {
  it('on a read-only file system can be read', async () => {
    const path = await filledSqlite()
    const folder = join(tempDir(), 'disk')
    mkdirSync(folder)
    try {
      execFileSync('mount', ['--bind', join(path, '..'), folder], {stdio: 'ignore'})
      atEnd(() => void execFileSync('umount', ['-l', folder]))
      execFileSync('mount', ['-o', 'remount,bind,ro', folder], {stdio: 'ignore'})
    } catch {
      skipTest('mounting needs root')
    }
    const log = await reader(join(folder, 'requests.db'))
    expect(await log.query('SELECT count(*) AS n FROM request_logs')).toEqual([{n: 140}])
    expect(readdirSync(tmpdir()).filter(name => name.startsWith('only1mcp-read-'))).toEqual([])
  })

  it('is not touched by a look into it', async () => {
    const path = await filledSqlite()
    const log = await reader(path)
    await log.query(slowMethods)
    await log.close()
    expect(readdirSync(join(path, '..')).filter(name => !/^requests\.db(-wal|-shm)?$/.test(name))).toEqual([])
  })

  it('that is missing, a link or no database is named', async () => {
    const folder = tempDir()
    const path = join(folder, 'requests.db')
    await expect(openRequestLogReader(path)).rejects.toThrow(`there is no database ${path}`)
    symlinkSync('/etc/passwd', path)
    await expect(openRequestLogReader(path)).rejects.toThrow(`${path} is no regular file`)
    writeFileSync(join(folder, 'other.db'), 'x'.repeat(4096))
    await expect(openRequestLogReader(join(folder, 'other.db'))).rejects.toThrow('file is not a database')
  })
})

describe('the health history', () => {
  it('tells what was seen of one server since a time, oldest first', async () => {
    const stateDir = tempDir()
    const store = await openRequestStore({stateDir, requestLog: null, healthHistory: true, tell: () => {}})
    const at = Date.now()
    const rows = [
      {
        serverId: 'a',
        timestamp: new Date(at - 7_200_000).toISOString(),
        ok: true,
        status: 'up',
        latencyMs: 3,
        error: null,
      },
      {
        serverId: 'a',
        timestamp: new Date(at - 60_000).toISOString(),
        ok: false,
        status: 'down',
        latencyMs: null,
        error: 'x\0y',
      },
      {serverId: 'b', timestamp: new Date(at).toISOString(), ok: true, status: 'up', latencyMs: 1.5, error: null},
    ]
    for (const row of rows.toReversed()) store.health?.record(row)
    await store.close(2000)
    expect(store.requests).toBe(null)
    const file = join(stateDir, 'requests.db')
    expect(await readHealthHistory(file, 'a', at - 3_600_000)).toEqual([{...rows[1], error: 'x\uFFFDy'}])
    expect(await readHealthHistory(file, 'a', 0)).toHaveLength(2)
    expect(await readHealthHistory(file, "'; DROP TABLE x", 0)).toEqual([])
    await expect(readHealthHistory(join(stateDir, 'none.db'), 'a', 0)).rejects.toThrow('there is no database')
  })
})
