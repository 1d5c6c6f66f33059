import {describe, expect, test} from 'vitest'
import {catalogue} from '../../src/diagnostics/checks/catalogue.ts'
import {faults} from '../fixtures/faults/catalogue.ts'
import {doctorReport} from '../fixtures/faults/doctor-report.ts'
import {healthyInstallations} from '../fixtures/faults/healthy.ts'
import {runFault} from '../fixtures/faults/run-fault.ts'
import {World} from '../fixtures/faults/world.ts'

/** The quick ones; `npm run bench:doctor` makes all of them. */
const fast = faults.filter(each => each.fast)

test('the matrix has at least forty faults, each once, and each of a check that exists', () => {
  expect(faults.length).toBeGreaterThanOrEqual(40)
  expect(new Set(faults.map(({id}) => id)).size).toBe(faults.length)
  const ids = catalogue.map(({id}) => id)
  for (const {check} of faults) expect(ids).toContain(check)
})

describe.concurrent('the doctor names first, and as the only root', () => {
  test.each(fast)('$title', {timeout: 60_000}, async fault => {
    const {outcome, why, roots, expected} = await runFault(fault)
    expect({outcome, why}).toEqual({outcome: 'named', why: ''})
    expect(roots).toEqual([expected])
  })
})

describe('the doctor finds nothing bad in', () => {
  test.each(healthyInstallations.filter(({id}) => id === 'empty' || id === 'auth-and-tls'))(
    '$title',
    async ({build}) => {
      const world = new World()
      try {
        await build(world)
        const {report, exitCode} = await doctorReport({cwd: world.folder, env: {...world.env, ...world.doctorEnv}})
        expect(report.rootCauses).toEqual([])
        expect(exitCode).toBe(0)
      } finally {
        await world.close()
      }
    },
  )
})
