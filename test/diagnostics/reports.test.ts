import {describe, expect, test} from 'vitest'
import {quickChecks} from '../../src/diagnostics/checks/quick-checks.ts'
import {type DoctorReport, reportOf} from '../../src/diagnostics/report.ts'
import {reportJson} from '../../src/diagnostics/report-json.ts'
import {reportText} from '../../src/diagnostics/report-text.ts'
import {runChecks} from '../../src/diagnostics/runner.ts'
import {
  errorLine,
  factsOf,
  healthy,
  known,
  nothingRuns,
  server,
  snapshot,
  startedAt,
  type World,
  worldFrom,
} from './world.ts'

/** The findings with one time for all, so that they can be compared. */
async function reportOn(world: World): Promise<DoctorReport> {
  const findings = await runChecks({checks: quickChecks, context: world.context, facts: factsOf(world), totalMs: 1000})
  return reportOf(
    findings.map(finding => ({...finding, ms: 7})),
    120,
  )
}

const plain = (_: string, text: string): string => text
const textOf = (report: DoctorReport, width = 80): string =>
  `${reportText(report, {checks: quickChecks, width, paint: plain}).join('\n')}\n`

const lastError = {
  at: startedAt,
  kind: 'ProcessExited',
  message: 'it ended with status 1',
  blame: 'backend-process',
} as const
const python = {pid: 812, program: 'python3', argv: ['python3', '-m', 'http.server', '8080']}
const worlds: readonly [string, World][] = [
  ['healthy', healthy],
  ['not-running', nothingRuns],
  [
    'port-taken',
    worldFrom(nothingRuns, {
      'port.owner': known({
        listeners: [{address: '0.0.0.0', port: 8080, user: 'alice', process: python}],
        unreadable: 0,
      }),
      'tcp.dial': known({open: true, code: null, ms: 1}),
      'http.health': known({status: 404, ours: false, reason: null, server: 'SimpleHTTP', body: '<html>', ms: 3}),
    }),
  ],
  [
    'server-down-and-errors',
    worldFrom(healthy, {
      'control.snapshot': known({
        snapshot: snapshot([
          server({id: 'memory'}),
          server({
            status: 'crash_loop',
            restarts: 6,
            lastError,
            stderrTail: ['Error: \u001b[31mGITHUB_TOKEN\u001b[0m is not set'],
          }),
        ]),
        mismatch: null,
      }),
      'logs.recent': known({
        folder: '/var/log/only1mcp',
        files: ['error.log'],
        errors: {
          count: 3,
          panics: 0,
          byKind: [{kind: 'BackendTimeout', count: 3, newest: errorLine()}],
          newest: [errorLine()],
          servers: ['github'],
          atLeast: false,
        },
        windowMs: 15 * 60_000,
      }),
    }),
  ],
]

describe.each(worlds)('the report on %s', (name, world) => {
  test('reads like this at 80 columns', async () => {
    await expect(textOf(await reportOn(world))).toMatchFileSnapshot(`golden/${name}.golden.txt`)
  })

  test('is this document for programs', async () => {
    const json = `${JSON.stringify(reportJson(await reportOn(world)), null, 2)}\n`
    await expect(json).toMatchFileSnapshot(`golden/${name}.golden.json`)
  })

  test('keeps to the width, but for a word that is longer, and holds no control character', async () => {
    const text = textOf(await reportOn(world), 80)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })
})

test('a healthy report is the verdict and one line a check', async () => {
  const lines = textOf(await reportOn(healthy), 120)
    .trimEnd()
    .split('\n')
  expect(lines[0]).toBe('no problem found: 9 checks fine')
  expect(lines).toHaveLength(1 + 1 + quickChecks.length + 1 + 1)
})

test('hostile names from other programs come out as visible characters', async () => {
  const hostile = {pid: 9, program: 'x\u001b]0;owned\u0007', argv: ['\u202eevil', 'a\nFAIL fake.check']}
  const world = worldFrom(nothingRuns, {
    'port.owner': known({
      listeners: [{address: '127.0.0.1', port: 8080, user: 'bob', process: hostile}],
      unreadable: 0,
    }),
  })
  const text = textOf(await reportOn(world))
  expect(text).not.toMatch(/[\u001b\u0007\u202e]/)
  expect(text).not.toMatch(/^FAIL fake/m)
})
