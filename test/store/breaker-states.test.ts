import {rmSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import Sqlite from 'better-sqlite3'
import {describe, expect, it} from 'vitest'
import {type BreakerRow, type BreakerStates, openBreakerStates} from '../../src/store/breaker-states.ts'
import {atEnd} from '../helpers/at-end.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const open = (serverId: string, failures = 5): BreakerRow => ({
  serverId,
  state: 'open',
  openedAt: 1_790_000_000_000,
  failures,
  until: 1_790_000_030_000,
})

function openStates(path: string): {states: BreakerStates; warnings: string[]} {
  const warnings: string[] = []
  const states = openBreakerStates(path, message => warnings.push(message))
  atEnd(() => states.close())
  return {states, warnings}
}

describe('breaker states', () => {
  it('are there after a restart, the newest of each server', async () => {
    const path = join(tempDir(), 'circuit_breakers.db')
    const first = openStates(path)
    expect(await first.states.load()).toEqual([])
    for (let failures = 1; failures <= 7; failures++) first.states.save(open('github', failures))
    first.states.save({serverId: 'memory', state: 'closed', openedAt: null, failures: 0, until: null})
    await first.states.close()

    const second = openStates(path)
    expect(await second.states.load()).toEqual([
      open('github', 7),
      {serverId: 'memory', state: 'closed', openedAt: null, failures: 0, until: null},
    ])
    expect([...first.warnings, ...second.warnings]).toEqual([])
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  it('are reset by deleting the file, also while it runs', async () => {
    const path = join(tempDir(), 'circuit_breakers.db')
    const {states, warnings} = openStates(path)
    states.save(open('github'))
    await states.load()
    await states.close()
    rmSync(path)

    const again = openStates(path)
    expect(await again.states.load()).toEqual([])
    rmSync(path)
    again.states.save(open('memory'))
    await again.states.close()
    expect(await openStates(path).states.load()).toEqual([open('memory')])
    expect(warnings).toEqual([])
    expect(again.warnings).toEqual([expect.stringContaining('was removed')])
  })

  it('of a damaged file are none, with a warning', async () => {
    const path = join(tempDir(), 'circuit_breakers.db')
    writeFileSync(path, 'x'.repeat(5000))
    const {states, warnings} = openStates(path)
    expect(await states.load()).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('cannot be used (file is not a database)')])
  })

  it('that somebody else wrote into the file are taken only as far as they make sense', async () => {
    const path = join(tempDir(), 'circuit_breakers.db')
    const first = openStates(path)
    first.states.save(open('github'))
    await first.states.close()
    const db = new Sqlite(path)
    db.exec(
      `INSERT INTO circuit_breakers VALUES ('a', 'ajar', 1, 1, 1), ('b', 'open', 'soon', 2, NULL), ('c', 'open', 1, 'many', 1)`,
    )
    db.close()
    const rows = await openStates(path).states.load()
    expect(rows).toEqual([open('github'), {...open('b', 2), openedAt: null, until: null}])
  })
})
