import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {type HttpFixture, startHttpFixture} from './fixture-server.ts'
import {requirementSets, runServerSuite} from './suite.ts'

let fixture: HttpFixture
let results: string

beforeAll(async () => {
  results = await mkdtemp(join(tmpdir(), 'conformance-test-'))
  fixture = await startHttpFixture('dual')
})
afterAll(async () => {
  await fixture.stop()
  await rm(results, {recursive: true, force: true})
})

describe('the conformance fixture itself', () => {
  test.each(requirementSets)('passes every scored scenario of %s', {timeout: 90_000}, async requirements => {
    const outputFolder = await mkdtemp(join(results, `${requirements}-`))

    const {scenarios, exitCode} = await runServerSuite(fixture.url, {requirements, outputFolder})

    const scored = scenarios.filter(result => result.scored)
    expect(scored.filter(({verdict}) => verdict !== 'pass')).toEqual([])
    expect(scored.length).toBe(requirements === '2025-11-25' ? 30 : 37)
    expect(exitCode).toBe(0)
  })
})
