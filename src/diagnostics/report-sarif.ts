import type {Check, FindingStatus} from './check.ts'
import {inOneLine} from './one-line-text.ts'
import type {DoctorReport} from './report.ts'

const levels: Readonly<Record<FindingStatus, 'error' | 'warning' | 'note' | 'none'>> = {
  fail: 'error',
  error: 'error',
  timeout: 'error',
  warn: 'warning',
  info: 'note',
  skip: 'none',
  pass: 'none',
}

/** What SARIF calls the kind of a result; with any but `fail` its level is `none`. */
const kinds: Readonly<Record<FindingStatus, string>> = {
  fail: 'fail',
  error: 'fail',
  timeout: 'fail',
  warn: 'fail',
  info: 'informational',
  skip: 'notApplicable',
  pass: 'pass',
}

/** SARIF 2.1.0: a rule a check, a result a finding; findings about a file name it as their location. */
export function reportSarif({findings, verdict}: DoctorReport, checks: readonly Check[], version: string): object {
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'only1mcp doctor',
            version,
            rules: checks.map(({id, title, severity, docs}) => ({
              id,
              shortDescription: {text: title},
              defaultConfiguration: {level: levels[severity]},
              help: {text: `docs/troubleshooting.md#${docs}`},
            })),
          },
        },
        properties: {verdict: inOneLine(verdict)},
        results: findings.map(({id, status, subject, summary, evidence, remedy}) => {
          const kind = kinds[status]
          const place = fileOf(subject)
          return {
            ruleId: id,
            kind,
            level: kind === 'fail' ? levels[status] : 'none',
            message: {
              text: [summary, ...evidence, ...(remedy === null ? [] : [`To do: ${remedy}`])].map(inOneLine).join('\n'),
            },
            ...(place && {locations: [{physicalLocation: place}]}),
            properties: {status, subject: inOneLine(subject)},
          }
        }),
      },
    ],
  }
}

/** `/path` or `/path:12`. */
function fileOf(subject: string): object | undefined {
  const match = /^(\/.*?)(?::(\d+))?$/.exec(subject)
  if (!match) return undefined
  const uri = `file://${(match[1] ?? '').split('/').map(encodeURIComponentSafe).join('/')}`
  return {artifactLocation: {uri}, ...(match[2] !== undefined && {region: {startLine: Number(match[2])}})}
}

function encodeURIComponentSafe(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
