import {fileURLToPath} from 'node:url'
import {expect, test} from 'vitest'
import {tempDir} from '../helpers/temp-dir.ts'
import {type RequirementSet, requirementSets, runClientSuite} from './suite.ts'

const program = fileURLToPath(new URL('../fixtures/conformance/upstream-client.mjs', import.meta.url))
const scoredWithoutAuth: Readonly<Record<RequirementSet, number>> = {'2025-11-25': 4, '2026-07-28': 7}

test.each(requirementSets)(
  'towards backends the runtime passes every client scenario of %s that is not about OAuth',
  {timeout: 90_000},
  async requirements => {
    const {scenarios} = await runClientSuite(`${process.execPath} ${program}`, {requirements, outputFolder: tempDir()})
    const ours = scenarios.filter(({scenario}) => !scenario.startsWith('auth/'))
    expect(ours.filter(({verdict}) => verdict !== 'pass')).toEqual([])
    expect(ours.filter(({scored}) => scored)).toHaveLength(scoredWithoutAuth[requirements])
  },
)
