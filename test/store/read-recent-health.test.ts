import {join} from 'node:path'
import {expect, it} from 'vitest'
import {readRecentHealth} from '../../src/store/read-recent-health.ts'
import {openRequestStore} from '../../src/store/request-store.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const at = (second: number): string => new Date(Date.UTC(2026, 0, 2) + second * 1000).toISOString()

it('reads the newest probes of each server, without changes that nobody measured', async () => {
  const stateDir = tempDir()
  const tell = ({message}: {message: string}): never => {
    throw new Error(message)
  }
  const store = await openRequestStore({
    stateDir,
    requestLog: {backend: 'sqlite', maxAgeMs: 0, maxBytes: 0},
    healthHistory: true,
    tell,
  })
  for (let second = 0; second < 10; second++) {
    const look = {timestamp: at(second), status: 'up', error: null}
    store.health?.record({serverId: 'a', ok: second !== 9, latencyMs: second, ...look})
    if (second % 2 === 0) store.health?.record({serverId: 'b', ok: true, latencyMs: 5, ...look})
    store.health?.record({serverId: 'a', ok: true, latencyMs: null, ...look})
  }
  await store.close(5000)
  const rows = await readRecentHealth(join(stateDir, 'requests.db'), Date.parse(at(4)), 3)
  expect(rows.filter(({serverId}) => serverId === 'a')).toEqual([
    {serverId: 'a', timestamp: at(7), ok: true, latencyMs: 7},
    {serverId: 'a', timestamp: at(8), ok: true, latencyMs: 8},
    {serverId: 'a', timestamp: at(9), ok: false, latencyMs: 9},
  ])
  expect(rows.filter(({serverId}) => serverId === 'b').map(({timestamp}) => timestamp)).toEqual([at(4), at(6), at(8)])
})

it('says that there is no database', async () => {
  await expect(readRecentHealth(join(tempDir(), 'requests.db'), 0, 3)).rejects.toMatchObject({code: 'DATABASE_ABSENT'})
})
