import {describe, expect, test} from 'vitest'
import type {FindingStatus} from '../../src/diagnostics/check.ts'
import {type SuiteOutcome, suitesReport} from '../../src/diagnostics/suites/suite-report.ts'

function outcome(statuses: readonly FindingStatus[], more: Partial<SuiteOutcome> = {}): SuiteOutcome {
  const findings = statuses.map((status, i) => ({
    id: `area.fact${i}`,
    status,
    subject: '',
    summary: `it is ${status}`,
    evidence: [],
    causes: [],
    remedy: null,
    ms: 1,
  }))
  return {name: 'integrity', title: 'what is kept is whole', findings, ms: 1, ...more}
}

const statusOf = (...outcomes: SuiteOutcome[]) => suitesReport(outcomes, 1).exitCode

describe('the exit status of a test run', () => {
  test('is 0 with warnings, and with cases that had nothing to look at', () => {
    expect(statusOf(outcome(['pass', 'warn', 'skip', 'info']))).toBe(0)
  })

  test('is 4 where cases were only late, and 1 where one failed or broke beside them', () => {
    expect(statusOf(outcome(['pass', 'timeout']))).toBe(4)
    expect(statusOf(outcome(['timeout', 'fail']))).toBe(1)
    expect(statusOf(outcome(['timeout']), outcome(['error']))).toBe(1)
  })

  test('is 3 where a whole suite could see nothing', () => {
    expect(statusOf(outcome(['pass']), outcome(['skip', 'skip']))).toBe(3)
  })

  test('tells why a suite could not be run at all, unless something failed', () => {
    const blocked = outcome(['skip'], {name: 'performance', blocked: 2})
    expect(statusOf(outcome(['pass']), blocked)).toBe(2)
    expect(statusOf(outcome(['fail']), blocked)).toBe(1)
  })
})
