import {afterEach, beforeAll, describe, expect, test} from 'vitest'
import {atEnd} from '../helpers/at-end.ts'
import {backendKinds, cells, holds, matrixTable, revisionsOf, runCell} from './era-matrix.ts'
import {type HttpFixture, startHttpFixture, stdioFixtureArgs} from './fixture-server.ts'
import {type ServerEntry, startProxy} from './running-proxy.ts'
import {revisions} from './wire/wire-client.ts'

const fixtures: HttpFixture[] = []
const start = async (era: 'legacy' | 'modern') => {
  const fixture = await startHttpFixture(era)
  fixtures.push(fixture)
  return {url: fixture.url, prefix: ''}
}
afterEach(async () => {
  await Promise.all(fixtures.splice(0).map(fixture => fixture.stop()))
})

describe('the era matrix', () => {
  test('has twenty cells', () => {
    expect(cells.length).toBe(20)
    expect(new Set(cells.map(({backend, revision}) => `${backend} ${revision}`)).size).toBe(20)
  })

  test.each(['legacy', 'modern'] as const)(
    'every client of the %s era agrees with the fixture of its era',
    async era => {
      const target = await start(era)
      for (const revision of revisionsOf(era)) {
        const {problems} = await runCell({revision, backend: `http-${era}`}, target)
        expect(Object.entries(problems).filter(([, problem]) => problem !== undefined)).toEqual([])
        expect(Object.keys(problems).slice(0, 5)).toEqual(['list', 'call', 'cancel', 'progress', 'list-changed'])
      }
    },
  )

  test.each([
    ['2026-07-28', 'legacy'],
    ['2025-11-25', 'modern'],
  ] as const)('a client of %s fails every probe against a %s backend without a bridge', async (revision, era) => {
    const result = await runCell({revision, backend: `http-${era}`}, await start(era))
    expect(Object.values(result.problems).every(problem => problem !== undefined)).toBe(true)
    expect(matrixTable([result])).toContain('0 of 1 cells hold')
  })
})

describe('the era matrix through the proxy, all four backends behind one endpoint', () => {
  let url: string

  beforeAll(async () => {
    const entries = await Promise.all(
      backendKinds.map(async ({id, transport, era}): Promise<ServerEntry> => {
        if (transport === 'stdio') return {id, prefix: id, command: process.execPath, args: stdioFixtureArgs(era)}
        const backend = await startHttpFixture(era)
        atEnd(() => backend.stop())
        return {id, prefix: id, endpoint: backend.url}
      }),
    )
    const proxy = await startProxy(entries)
    atEnd(() => proxy.stop())
    url = proxy.url
  })

  test.each(backendKinds)('a client of each revision gets on with $id', async ({id}) => {
    for (const revision of revisions) {
      const result = await runCell({revision, backend: id}, {url, prefix: `${id}__`})
      expect(holds(result), matrixTable([result])).toBe(true)
    }
  })
})
