import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {expect, test} from 'vitest'
import {z} from 'zod'
import {findingStatuses} from '../../src/diagnostics/check.ts'
import {catalogue} from '../../src/diagnostics/checks/catalogue.ts'
import {reportOf} from '../../src/diagnostics/report.ts'
import {reportJson} from '../../src/diagnostics/report-json.ts'
import {reportJunit} from '../../src/diagnostics/report-junit.ts'
import {reportSarif} from '../../src/diagnostics/report-sarif.ts'
import {reportText} from '../../src/diagnostics/report-text.ts'
import {runChecks} from '../../src/diagnostics/runner.ts'
import {needsBinary} from '../helpers/missing-binary.ts'
import {factsOf, healthy, known, nothingRuns, type World, worldFrom} from './world.ts'

async function reportOn(world: World) {
  return reportOf(
    await runChecks({checks: catalogue, context: world.context, facts: factsOf(world), totalMs: 1000}),
    120,
  )
}

const hostile = worldFrom(nothingRuns, {
  'port.owner': known({
    listeners: [
      {
        address: '127.0.0.1',
        port: 8080,
        user: 'bob',
        process: {
          pid: 9,
          program: ']]>\u001b]0;x\u0007<b a="\'&',
          argv: ['\u0000\ud800\uffff', '\u202eevil\n</testsuite>'],
        },
      },
    ],
    unreadable: 0,
  }),
})
const schema = JSON.parse(readFileSync(new URL('../../docs/schemas/doctor.schema.json', import.meta.url), 'utf8'))

test.each([
  ['a healthy machine', healthy],
  ['nothing that runs', nothingRuns],
  ['hostile names', hostile],
])('the JSON document on %s is what its published schema says', async (_, world) => {
  const document = {schemaVersion: 1, ...reportJson(await reportOn(world))}
  expect(z.fromJSONSchema(schema).safeParse(document).error).toBeUndefined()
})

test('the published schema knows every status, and refuses a document with a key that it does not have', async () => {
  expect(schema.$defs.finding.properties.status.enum).toEqual(findingStatuses)
  const document = {schemaVersion: 1, ...reportJson(await reportOn(healthy)), surprise: true}
  expect(z.fromJSONSchema(schema).safeParse(document).success).toBe(false)
})

test('JUnit counts what it lists, and every finding is a case', async () => {
  const report = await reportOn(hostile)
  const xml = reportJunit(report)
  const count = (pattern: RegExp): number => xml.match(pattern)?.length ?? 0
  expect(count(/<testcase /g)).toBe(report.findings.length)
  const [, failures, errors, skipped] = /failures="(\d+)" errors="(\d+)" skipped="(\d+)"/.exec(xml) ?? []
  expect([count(/<failure /g), count(/<error /g), count(/<skipped /g)].map(String)).toEqual([failures, errors, skipped])
  expect(count(/<failure /g)).toBeGreaterThan(0)
  expect(xml).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\ufffe\uffff]/)
})

test('JUnit is well-formed XML, whatever programs are called', async () => {
  const python = needsBinary('python3')
  const xml = reportJunit(await reportOn(hostile))
  const read = 'import sys,xml.dom.minidom as m; print(m.parseString(sys.stdin.buffer.read()).documentElement.tagName)'
  expect(execFileSync(python, ['-c', read], {input: xml, encoding: 'utf8'}).trim()).toBe('testsuites')
})

test('SARIF has a rule for each check, a result for each finding, and levels only for failures', async () => {
  const report = await reportOn(hostile)
  const document = reportSarif(report, catalogue, '1') as {
    version: string
    runs: {tool: {driver: {rules: {id: string}[]}}; results: {ruleId: string; kind: string; level: string}[]}[]
  }
  const [run] = document.runs
  const rules = run?.tool.driver.rules.map(({id}) => id) ?? []
  expect(document.version).toBe('2.1.0')
  expect(rules).toEqual(catalogue.map(({id}) => id))
  expect(run?.results).toHaveLength(report.findings.length)
  for (const {ruleId, kind, level} of run?.results ?? []) {
    expect(rules).toContain(ruleId)
    expect(level === 'none').toBe(kind !== 'fail')
  }
  expect(JSON.stringify(document)).not.toMatch(/\\u001b|\\u0007|\u202e/)
})

test('a whole run reads in one screen when all is well, and names every check', async () => {
  const lines = reportText(await reportOn(healthy), {checks: catalogue, width: 80, paint: (_, text) => text})
  expect(lines[0]).toMatch(/^no problem found: \d+ checks fine/)
  expect(lines.length).toBeLessThan(24)
  const words = lines.join(' ').split(/\s+/)
  const named = words.map((word, at) => {
    const area = words.slice(0, at).findLast(earlier => /^[a-z]+\./.test(earlier))
    return word.startsWith('.') ? `${area?.split('.', 1)[0]}${word}` : word
  })
  for (const {id} of catalogue) expect(named).toContain(id)
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(80)
})
