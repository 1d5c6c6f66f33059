import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout as wait} from 'node:timers/promises'
import pg from 'pg'
import {describe, expect, it, vi} from 'vitest'
import {openPostgresLog, type PostgresLog} from '../../../src/store/postgres/postgres-log.ts'
import {atEnd, oncePerFile} from '../../helpers/at-end.ts'
import {freePort} from '../../helpers/free-port.ts'
import {packageRoot} from '../../helpers/package-root.ts'
import {spawnProgram} from '../../helpers/program.ts'
import {type PostgresServer, startPostgres} from '../../helpers/servers/start-postgres.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

interface Opened {
  readonly log: PostgresLog
  readonly said: string[]
  /** Records `count` requests with consecutive numbers. */
  record(count: number): void
}

let number = 0
const oneServer = oncePerFile(startPostgres)

/** The server of this file, with a database of the test's own. */
async function emptyServer(): Promise<PostgresServer> {
  const server = await oneServer()
  const name = `test${++databases}`
  await query(server, `CREATE DATABASE ${name}`)
  return {...server, url: server.url.replace(/postgres$/, name)}
}

let databases = 0

function open(url: string, spoolDir = join(tempDir(), 'spool'), maxAgeMs = 0): Opened {
  const said: string[] = []
  const log = openPostgresLog({url, spoolDir, maxSpoolBytes: 1e8, maxAgeMs}, note =>
    said.push(`${note.kind}: ${note.message}`),
  )
  atEnd(() => log.close(2000))
  const record = (count: number): void => {
    for (let n = 0; n < count; n++) log.requests.record(rowOf(++number))
  }
  return {log, said, record}
}

function rowOf(n: number, timestamp = new Date().toISOString()) {
  return {
    requestId: `i-${String(n).padStart(7, '0')}`,
    instance: 'i',
    timestamp,
    method: 'tools/call',
    target: 'tools/call:a\0b\ud800"\\',
    serverId: 'memory',
    status: 200,
    outcome: 'error',
    code: -32000.5,
    durationMs: 1.23456,
    requestBytes: 1,
    responseBytes: 2,
    principal: null,
    traceId: 't',
    cache: null,
    blame: null,
    attempts: 1,
  }
}

async function query(server: PostgresServer, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({connectionString: server.url})
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

const countRows = async (server: PostgresServer): Promise<number> =>
  Number((await query(server, 'SELECT count(*) AS n FROM request_logs'))[0]?.n)

async function untilRows(server: PostgresServer, rows: number): Promise<void> {
  await vi.waitFor(async () => expect(await countRows(server)).toBe(rows), {timeout: 10_000, interval: 100})
}

describe('the request log in PostgreSQL', {timeout: 60_000}, () => {
  it('makes its table, takes every text, and is shared by instances that start at once', async () => {
    const server = await emptyServer()
    const instances = [open(server.url), open(server.url), open(server.url)]
    for (const instance of instances) instance.record(700)
    await untilRows(server, 2100)
    const [row] = await query(server, 'SELECT * FROM request_logs LIMIT 1')
    expect(row).toMatchObject({target: 'tools/call:a\uFFFDb\uFFFD"\\', duration_ms: 1.235, code: null, status: 200})
    expect(row?.timestamp).toBeInstanceOf(Date)
    expect(instances.flatMap(({said}) => said)).toEqual([])
    expect(instances[0]?.log.requests.figures()).toMatchObject({written: 700, dropped: 0, spooled: 0, state: 'ok'})
  })

  it('killed for a while: rows wait on disk, come in order, none is missing and none is there twice', async () => {
    const server = await startPostgres()
    const {log, said, record} = open(server.url)
    record(300)
    await untilRows(server, 300)
    await server.kill()
    for (let round = 0; round < 10; round++) {
      record(100)
      await wait(200)
    }
    expect(log.requests.figures()).toMatchObject({state: 'spooling', spooled: expect.any(Number)})
    expect(log.requests.figures().spooled).toBeGreaterThan(500)
    await server.restart()
    const back = performance.now()
    await untilRows(server, 1300)
    expect(performance.now() - back).toBeLessThan(5000)
    record(50)
    await untilRows(server, 1350)
    expect(log.requests.figures()).toMatchObject({written: 1350, dropped: 0, spooled: 0, state: 'ok'})
    expect(said.map(text => text.split(':')[0])).toEqual(['StoreTrouble', 'StoreRecovered'])
    const inOrder = await query(server, 'SELECT request_id FROM request_logs ORDER BY ctid')
    const ids = inOrder.map(row => String(row.request_id))
    expect(ids).toEqual(ids.toSorted())
  })

  it('frozen for a while loses nothing and doubles nothing', async () => {
    const server = await emptyServer()
    const {log, said, record} = open(server.url)
    record(100)
    await untilRows(server, 100)
    server.freeze(true)
    for (let round = 0; round < 14; round++) {
      record(100)
      await wait(500)
    }
    expect(log.requests.figures().state).toBe('spooling')
    server.freeze(false)
    await untilRows(server, 1500)
    await vi.waitFor(() =>
      expect(log.requests.figures()).toMatchObject({written: 1500, dropped: 0, spooled: 0, state: 'ok'}),
    )
    expect(said.map(text => text.split(':')[0])).toEqual(['StoreTrouble', 'StoreRecovered'])
  })

  it('away until after a restart of ours: what waited is written by the next one', async () => {
    const spoolDir = join(tempDir(), 'spool')
    const port = await freePort()
    const first = open(`postgres://only1mcp:hush@127.0.0.1:${port}/postgres`, spoolDir)
    first.record(500)
    await vi.waitFor(() => expect(first.said).toEqual([expect.stringContaining('ECONNREFUSED')]))
    await first.log.close(2000)
    expect(first.log.requests.figures()).toMatchObject({written: 0, dropped: 0})
    expect(JSON.stringify(first.said)).not.toContain('hush')

    const server = await emptyServer()
    const second = open(server.url, spoolDir)
    second.record(10)
    await untilRows(server, 510)
    await vi.waitFor(() => expect(readdirSync(spoolDir)).toEqual([]))
  })

  it('frozen when we end: what it did not take in time waits for the next start', async () => {
    const server = await emptyServer()
    const spoolDir = join(tempDir(), 'spool')
    const first = open(server.url, spoolDir)
    first.record(100)
    await untilRows(server, 100)
    server.freeze(true)
    first.record(4000)
    const began = performance.now()
    await first.log.close(900)
    expect(performance.now() - began).toBeLessThan(1500)
    expect(first.log.requests.figures()).toMatchObject({written: 100, dropped: 0, spooled: 4000})
    server.freeze(false)
    open(server.url, spoolDir)
    await untilRows(server, 4100)
  })

  it('loses nothing that was on disk when we are killed in the middle of bringing it back', async () => {
    const server = await startPostgres()
    const spoolDir = join(tempDir(), 'spool')
    await server.kill()
    const first = open(server.url, spoolDir)
    for (let round = 0; round < 20; round++) {
      first.record(1000)
      await vi.waitFor(() => expect(first.log.requests.figures().spooled).toBe((round + 1) * 1000), {timeout: 5000})
    }
    await first.log.close(2000)
    await server.restart()
    const script = join(packageRoot, 'test/store/postgres/brings-back.mjs')
    const child = spawnProgram(process.execPath, [script, server.url, spoolDir])
    await child.untilOutput(/[1-9]\d* of/)
    child.child.kill('SIGKILL')
    await child.exited
    open(server.url, spoolDir)
    await untilRows(server, 20_000)
  })

  it('lets rows older than max_age go, by the clock of the server', async () => {
    const server = await emptyServer()
    const filler = open(server.url)
    for (let n = 0; n < 12_000; n++) {
      filler.log.requests.record(rowOf(++number, new Date(Date.now() - 7_200_000).toISOString()))
      if (n % 1000 === 0) await wait(100)
    }
    filler.record(5)
    await untilRows(server, 12_005)
    const keepers = [open(server.url, undefined, 3_600_000), open(server.url, undefined, 3_600_000)]
    await untilRows(server, 5)
    expect(keepers.flatMap(({said}) => said)).toEqual([])
  })

  it('drops a row that the server refuses, and keeps the others', async () => {
    const server = await emptyServer()
    const {log, said, record} = open(server.url)
    record(1)
    await untilRows(server, 1)
    await query(server, 'ALTER TABLE request_logs ADD CONSTRAINT odd CHECK (request_bytes <> 13)')
    record(200)
    log.requests.record({...rowOf(++number), requestBytes: 13})
    record(200)
    await untilRows(server, 401)
    await vi.waitFor(() => expect(log.requests.figures()).toMatchObject({written: 401, dropped: 1}))
    expect(said).toEqual([expect.stringMatching(/^StoreLoss: .*odd/)])
  })

  it('makes the table again when somebody dropped it', async () => {
    const server = await emptyServer()
    const {log, record} = open(server.url)
    record(5)
    await untilRows(server, 5)
    await query(server, 'DROP TABLE request_logs')
    record(7)
    await vi.waitFor(async () => expect(await countRows(server)).toBe(7), {timeout: 10_000, interval: 200})
    expect(log.requests.figures().dropped).toBe(0)
  })
})
