import {describe, expect, test} from 'vitest'
import type {FindingStatus} from '../../src/diagnostics/check.ts'
import {reportOf} from '../../src/diagnostics/report.ts'
import {effectiveCauses, foldConsequences} from '../../src/diagnostics/root-causes.ts'
import type {Finding} from '../../src/diagnostics/runner.ts'

function finding(id: string, status: FindingStatus, causes: readonly string[] = [], subject = ''): Finding {
  const named = causes.map(cause => {
    const [causeId = '', causeSubject] = cause.split('@')
    return causeSubject === undefined ? {id: causeId} : {id: causeId, subject: causeSubject}
  })
  return {id, status, subject, summary: `${id} ${status}`, evidence: [], causes: named, remedy: null, ms: 1}
}

function shape(findings: readonly Finding[]): string[] {
  return foldConsequences(findings).map(({root, consequences}) => [root, ...consequences].map(({id}) => id).join(' > '))
}

describe('foldConsequences', () => {
  test('folds a whole chain under its root, nearest first', () => {
    expect(
      shape([
        finding('health', 'fail', ['port']),
        finding('config', 'fail'),
        finding('port', 'fail', ['process']),
        finding('process', 'fail', ['config']),
        finding('logs', 'pass'),
      ]),
    ).toEqual(['config > process > port > health', 'logs'])
  })

  test('a cause that is not bad explains nothing', () => {
    expect(
      shape([finding('process', 'pass'), finding('owner', 'skip'), finding('port', 'fail', ['process', 'owner'])]),
    ).toEqual(['port', 'owner', 'process'])
  })

  test('a warning explains a warning, and nothing worse', () => {
    expect(shape([finding('server', 'warn'), finding('requests', 'warn', ['server'])])).toEqual(['server > requests'])
    expect(shape([finding('server', 'warn'), finding('requests', 'fail', ['server'])])).toEqual(['requests', 'server'])
  })

  test('the first bad cause counts', () => {
    const findings = [finding('a', 'fail'), finding('b', 'timeout'), finding('c', 'fail', ['gone', 'b', 'a'])]
    expect(shape(findings)).toEqual(['a', 'b > c'])
  })

  test('a cause with a subject is that one and no other of its id', () => {
    const one = finding('server', 'fail', [], 'one')
    const two = finding('server', 'fail', [], 'two')
    const health = finding('health', 'fail', ['server@two'])
    expect(
      foldConsequences([one, two, health]).map(({root, consequences}) => [root.subject, consequences.length]),
    ).toEqual([
      ['two', 1],
      ['one', 0],
    ])
  })

  test('of several with the same trouble the first is the root', () => {
    const [a, b] = ['a', 'b'].map(subject => ({...finding('connect', 'fail', [], subject), alike: 'host:443'}))
    const other = {...finding('connect', 'fail', [], 'c'), alike: 'host:80'}
    const up = finding('up', 'fail', ['connect@b'])
    const groups = foldConsequences([a, b, other, up].filter(each => each !== undefined))
    expect(groups.map(({root, consequences}) => [root.subject, consequences.length])).toEqual([
      ['a', 2],
      ['c', 0],
    ])
  })

  test('a finding explains what is too much to list, too', () => {
    const last = {...finding('connect', 'fail', [], 's19'), also: ['s20', 's21']}
    expect(shape([last, finding('up', 'fail', ['connect@s21'])])).toEqual(['connect > up'])
  })

  test('what could not be looked at for a reason stands with the reason', () => {
    expect(shape([finding('servers', 'skip', ['process']), finding('process', 'fail')])).toEqual(['process > servers'])
  })

  test('causes in a circle lose no finding', () => {
    const circle = [finding('a', 'fail', ['b']), finding('b', 'fail', ['a']), finding('c', 'fail', ['a'])]
    expect(foldConsequences(circle).flatMap(({root, consequences}) => [root, ...consequences])).toHaveLength(3)
  })

  test('bad roots come first, then warnings, what was not seen, remarks, and what is fine', () => {
    const statuses = ['pass', 'skip', 'timeout', 'info', 'warn', 'error', 'fail'] as const
    const order = foldConsequences(statuses.map((status, i) => finding(`c${i}`, status))).map(({root}) => root.status)
    expect(order).toEqual(['fail', 'error', 'timeout', 'warn', 'skip', 'info', 'pass'])
  })

  test('what is done when the others are mended stands behind them, whatever follows from it', () => {
    const process = {...finding('process', 'fail'), last: true}
    const findings = [process, finding('port', 'fail', ['process']), finding('server', 'fail'), finding('age', 'warn')]
    expect(shape(findings)).toEqual(['server', 'process > port', 'age'])
  })

  test('a healthy finding has no causes, whatever it names', () => {
    const process = finding('process', 'fail')
    expect(effectiveCauses(finding('port', 'pass', ['process']), [process])).toEqual([])
  })
})

describe('reportOf', () => {
  test.each([
    ['nothing bad', ['pass', 'info', 'skip', 'warn'], 0],
    ['a failure', ['pass', 'fail'], 1],
    ['a broken check', ['pass', 'error'], 1],
    ['a late check', ['skip', 'timeout'], 1],
    ['only checks that could not look', ['skip', 'skip'], 3],
  ] as const)('%s makes the exit status %s %i', (_, statuses, exitCode) => {
    expect(
      reportOf(
        statuses.map((status, i) => finding(`c${i}`, status)),
        1,
      ).exitCode,
    ).toBe(exitCode)
  })

  test.each([
    [[finding('a', 'pass'), finding('b', 'info')], 'no problem found: 2 checks fine'],
    [[finding('a', 'pass'), finding('b', 'skip')], 'no problem found: 1 check fine'],
    [
      [finding('a', 'pass'), {...finding('b', 'skip'), remedy: 'run this as root'}],
      'no problem found: 1 check fine; 1 check could not look (run this as root)',
    ],
    [
      [{...finding('a', 'warn'), remedy: 'mend it'}, finding('b', 'warn')],
      'no failure, 2 warnings; first: a warn. To do: mend it',
    ],
    [[finding('a', 'pass'), finding('b', 'warn')], 'no failure, 1 warning: b warn'],
    [[finding('a', 'skip')], 'nothing could be seen: a skip'],
    [[finding('a', 'fail'), finding('b', 'fail')], '2 problems; first: a fail'],
    [[{...finding('a', 'fail'), last: true}, finding('b', 'fail')], '2 problems (a fail); first: b fail'],
    [[{...finding('a', 'fail'), last: true}, finding('b', 'warn')], 'a fail'],
    [[finding('process.running', 'fail', ['b']), finding('b', 'fail')], 'not running, since b fail'],
    [
      [
        {...finding('process.running', 'fail', ['b']), summary: 'it is alive but does not answer'},
        finding('b', 'fail'),
      ],
      'alive but mute, since b fail',
    ],
    [[{...finding('a', 'fail'), remedy: 'mend it'}], 'a fail. To do: mend it'],
  ])('its verdict is one line to act on (%#)', (findings, verdict) => {
    expect(reportOf(findings, 1).verdict).toBe(verdict)
  })
})
