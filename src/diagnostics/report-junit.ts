import {inOneLine} from './one-line-text.ts'
import type {DoctorReport} from './report.ts'
import {isBad} from './root-causes.ts'
import type {Finding} from './runner.ts'
import {countByStatus} from './verdict.ts'

/** JUnit XML as CI systems read it: a test case a finding; warnings are passed with their words on standard output. */
export function reportJunit({findings, ms}: DoctorReport): string {
  return junitOf('only1mcp doctor', [{name: 'only1mcp doctor', findings, ms}], ms)
}

export interface JunitSuite {
  readonly name: string
  readonly findings: readonly Finding[]
  readonly ms: number
}

export function junitOf(name: string, suites: readonly JunitSuite[], ms: number): string {
  const all = suites.flatMap(({findings}) => findings)
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${xml(name)}" ${totalsOf(all, ms)}>`,
    ...suites.flatMap(suite => [
      `  <testsuite name="${xml(suite.name)}" ${totalsOf(suite.findings, suite.ms)}>`,
      ...suite.findings.flatMap(caseOf),
      '  </testsuite>',
    ]),
    '</testsuites>',
  ]
  return lines.join('\n')
}

function totalsOf(findings: readonly Finding[], ms: number): string {
  const {fail, error, timeout, skip} = countByStatus(findings)
  return `tests="${findings.length}" failures="${fail}" errors="${error + timeout}" skipped="${skip}" time="${seconds(ms)}"`
}

function caseOf(finding: Finding): string[] {
  const {id, subject, status, summary, evidence, remedy, ms} = finding
  const name = subject === '' ? id : `${id} ${subject}`
  const head = `    <testcase classname="${xml(id.split('.')[0] ?? id)}" name="${xml(name)}" time="${seconds(ms)}"`
  const text = xml([...evidence, ...(remedy === null ? [] : [`to do: ${remedy}`])].map(inOneLine).join('\n'))
  if (isBad(finding)) {
    const tag = status === 'fail' ? 'failure' : 'error'
    return [`${head}>`, `      <${tag} type="${status}" message="${xml(summary)}">${text}</${tag}>`, '    </testcase>']
  }
  if (status === 'skip') return [`${head}>`, `      <skipped message="${xml(summary)}"/>`, '    </testcase>']
  if (status === 'pass') return [`${head}/>`]
  return [
    `${head}>`,
    `      <system-out>${xml(`${status}: ${inOneLine(summary)}`)}\n${text}</system-out>`,
    '    </testcase>',
  ]
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** Characters that XML 1.0 cannot hold are shown as safeText shows them. */
function xml(text: string): string {
  return text
    .split('\n')
    .map(line =>
      inOneLine(line)
        .replace(/[\ufffe\uffff]/g, '\ufffd')
        .replace(/[&<>"']/g, char => entities[char] ?? char),
    )
    .join('\n')
}
