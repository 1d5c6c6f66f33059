import {mkdtemp} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {atEnd} from '../helpers/at-end.ts'
import {tempDir} from '../helpers/temp-dir.ts'
import {compareRuns} from './comparison.ts'
import {type HttpFixture, startHttpFixture, stdioFixtureArgs} from './fixture-server.ts'
import {type ServerEntry, startProxy} from './running-proxy.ts'
import {type RequirementSet, requirementSets, runServerSuite, type ScenarioResult} from './suite.ts'

const scoredScenarios: Readonly<Record<RequirementSet, number>> = {'2025-11-25': 30, '2026-07-28': 37}
const results = tempDir()
const direct = new Map<RequirementSet, readonly ScenarioResult[]>()
const proxies = new Map<string, string>()
let fixture: HttpFixture

beforeAll(async () => {
  fixture = await startHttpFixture('dual')
  atEnd(() => fixture.stop())
  const backends: readonly [string, ServerEntry][] = [
    ['stdio', {id: 'fixture', prefix: '', command: process.execPath, args: stdioFixtureArgs('dual')}],
    ['HTTP', {id: 'fixture', prefix: '', endpoint: fixture.url}],
  ]
  for (const [kind, entry] of backends) {
    const proxy = await startProxy([entry])
    atEnd(() => proxy.stop())
    proxies.set(kind, proxy.url)
  }
})

async function run(url: string, requirements: RequirementSet) {
  const outputFolder = await mkdtemp(join(results, `${requirements}-`))
  return runServerSuite(url, {requirements, outputFolder})
}

describe.each(requirementSets)('the conformance suite, requirements of %s', requirements => {
  test('every scored scenario passes with the fixture direct', {timeout: 90_000}, async () => {
    const {scenarios, exitCode} = await run(fixture.url, requirements)
    direct.set(requirements, scenarios)
    const scored = scenarios.filter(result => result.scored)
    expect(scored.filter(({verdict}) => verdict !== 'pass')).toEqual([])
    expect(scored).toHaveLength(scoredScenarios[requirements])
    expect(exitCode).toBe(0)
  })

  test.each(['stdio', 'HTTP'])('none is lost through the proxy over a %s backend', {timeout: 90_000}, async kind => {
    const {scenarios} = await run(proxies.get(kind) ?? '', requirements)
    const compared = compareRuns(direct.get(requirements) ?? [], scenarios)
    expect(compared.filter(({lost}) => lost)).toEqual([])
    const passed = compared.filter(({scored, through}) => scored && through.verdict === 'pass')
    expect(passed).toHaveLength(scoredScenarios[requirements])
  })
})
