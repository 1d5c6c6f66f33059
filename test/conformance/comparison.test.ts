import {describe, expect, test} from 'vitest'
import {compareRuns, summaryLine, textTable} from './comparison.ts'
import type {ScenarioResult} from './suite.ts'

const result = (scenario: string, verdict: ScenarioResult['verdict'], scored = true): ScenarioResult => ({
  scenario,
  scored,
  verdict,
  passed: verdict === 'pass' ? 2 : 1,
  failed: verdict === 'fail' ? 1 : 0,
  warned: 0,
  complaints: [],
})

describe('comparing a direct run with one through the proxy', () => {
  test('a scored scenario that passes direct and not through is lost, whatever the reason', () => {
    const direct = [result('a', 'pass'), result('b', 'pass'), result('c', 'fail'), result('d', 'pass', false)]
    const through = [result('a', 'missing'), result('b', 'pass'), result('c', 'fail'), result('d', 'fail', false)]
    expect(compareRuns(direct, through).filter(({lost}) => lost)).toMatchObject([{scenario: 'a'}])
  })

  test('the summary counts checks of all scenarios and verdicts of the scored ones', () => {
    const results = [result('a', 'pass'), result('b', 'fail'), result('c', 'pass', false)]
    expect(summaryLine(results)).toBe('5/6 checks, 1/2 scored scenarios')
  })

  test('a table pads its columns and leaves no blanks at the end of a line', () => {
    expect(
      textTable([
        ['a', 'bbb', ''],
        ['aaa', 'b', 'c'],
      ]),
    ).toBe('a    bbb\naaa  b    c')
  })
})
