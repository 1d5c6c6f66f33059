import {readFileSync} from 'node:fs'
import {describe, expect, test} from 'vitest'
import {catalogue} from '../../../src/diagnostics/checks/catalogue.ts'
import {sectionOf} from '../../../src/diagnostics/explain-check.ts'
import {checksNamed} from '../../../src/diagnostics/find-check.ts'
import {isBad} from '../../../src/diagnostics/root-causes.ts'
import {inReadingOrder} from '../../../src/diagnostics/runner.ts'
import {suiteChecks} from '../../../src/diagnostics/suites/suite-checks.ts'
import {suites} from '../../../src/diagnostics/suites/suites.ts'
import type {CheckCase, CheckCases} from '../checks/check-case.ts'
import {outline, stdioServer} from '../whole-world.ts'
import {factOf, healthy} from '../world.ts'
import {suiteCases} from './suite-checks.cases.ts'

const page = readFileSync(new URL('../../../docs/troubleshooting.md', import.meta.url), 'utf8')
const known = [...catalogue, ...suiteChecks]

function runOn({check}: CheckCases, {world}: CheckCase) {
  return check.run(
    check.needs(world.context).map(key => factOf(world, key)),
    world.context,
  )
}

function transitiveAfter(id: string): readonly string[] {
  const after = known.find(check => check.id === id)?.after ?? []
  return [...after, ...after.flatMap(transitiveAfter)]
}

describe.each(suiteCases)('$check.id', cases => {
  const {passing, failing, between = []} = cases
  test.each([...passing, ...failing, ...between])('says $status when $when', each => {
    const findings = runOn(cases, each)
    const found = findings.find(({status}) => status === each.status)
    expect(findings.map(({status}) => status)).toContain(each.status)
    expect(found?.summary).toContain(each.summary)
    if (each.subject !== undefined) expect(found?.subject).toBe(each.subject)
    if (each.evidence !== undefined) expect(found?.evidence.join('\n')).toContain(each.evidence)
    if (each.remedy !== undefined) expect(found?.remedy).toContain(each.remedy)
  })

  test('names as causes only checks that are read before it, and a way out of each failure', () => {
    const before = transitiveAfter(cases.check.id)
    for (const each of passing) expect(runOn(cases, each).filter(isBad)).toEqual([])
    for (const each of [...failing, ...between])
      for (const {causes} of runOn(cases, each)) for (const {id} of causes) expect(before).toContain(id)
    for (const each of failing)
      for (const {status, remedy} of runOn(cases, each)) if (status === 'fail') expect(remedy).not.toBe(null)
  })

  test('has a section in the docs, headed by what it says when it fails', () => {
    const section = sectionOf(page, cases.check.docs) ?? ''
    const heading = /^## (.+)$/m.exec(section)?.[1] ?? 'no heading'
    const said = failing
      .slice(0, 1)
      .flatMap(each => runOn(cases, each))
      .map(({summary}) => summary.toLowerCase())
      .join('\n')
    for (const words of heading.toLowerCase().split('…')) expect(said).toContain(words.trim())
    expect(section).toContain(`Check \`${cases.check.id}\``)
    for (const part of ['**Cause.**', '**What to do.**', '```console', '```text']) expect(section).toContain(part)
  })

  test('says its severity in its first failing case', () => {
    expect(failing[0]?.status).toBe(cases.check.severity)
  })
})

describe('the checks of the suites', () => {
  test('each have their cases, and ids that no check of the doctor has', () => {
    expect(suiteCases.map(({check}) => check)).toEqual(suiteChecks)
    const ids = known.map(({id}) => id)
    expect(new Set(ids).size).toBe(ids.length)
    for (const {after} of suiteChecks) for (const id of after) expect(ids).toContain(id)
  })

  test('run in a doctor only where they are named', () => {
    expect(checksNamed([])).toEqual(catalogue)
    expect(checksNamed(['state'])).not.toContainEqual(expect.objectContaining({id: 'state.generations'}))
    expect(checksNamed(['state.generations'])).toMatchObject([{id: 'state.generations'}])
  })

  test('all stand in a suite, each suite in reading order', () => {
    const all = suites.flatMap(suite => suite.checks(healthy.context))
    expect(suiteChecks.filter(({id}) => !all.some(each => each.id === id))).toEqual([])
    for (const suite of suites) {
      const checks = suite.checks(healthy.context)
      expect(inReadingOrder(checks)).toEqual(checks)
    }
  })

  test('are one case a server in connectivity, which asks a runtime only where there are traces of one', () => {
    const connectivity = suites.find(({name}) => name === 'connectivity')
    const servers = [stdioServer({id: 'a'}), stdioServer({id: 'b'})]
    const context = {...healthy.context, outline: outline({servers})}
    const checks = connectivity?.checks(context) ?? []
    const cases = checks.filter(({id}) => id === 'servers.reachable')
    expect(cases.map(({subject}) => subject)).toEqual(['a', 'b'])
    expect(cases[1]?.needs(context)).toEqual(['backend.probe:b', 'runtime.probe:b'])
    expect(checks.map(({id}) => id)).toContain('process.running')
    const none = connectivity?.checks({...context, pid: null, socket: null}) ?? []
    expect(none.map(({id}) => id)).not.toContain('process.running')
  })
})
