import {afterEach, describe, expect, test} from 'vitest'
import {cells, matrixTable, revisionsOf, runCell} from './era-matrix.ts'
import {type HttpFixture, startHttpFixture} from './fixture-server.ts'

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
