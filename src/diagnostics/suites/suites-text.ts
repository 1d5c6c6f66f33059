import {formatDuration} from '../../shared/duration.ts'
import {safeText} from '../../shared/safe-text.ts'
import {statusWords, type TextOptions} from '../report-text.ts'
import {isBad} from '../root-causes.ts'
import type {Finding} from '../runner.ts'
import {countByStatus} from '../verdict.ts'
import {wrap} from '../wrap.ts'
import type {SuiteOutcome, SuitesReport} from './suite-report.ts'

const margin = '       '
const evidenceLines = 4

export interface SuitesTextOptions extends TextOptions {
  /** Drawn under the suite of a load; ready lines. */
  readonly chart: readonly string[]
}

/** A test report for a person: a line a case, and under those that failed why and which command comes next. */
export function suitesText({verdict, suites, ms}: SuitesReport, options: SuitesTextOptions): readonly string[] {
  const all = suites.flatMap(({findings}) => findings)
  const role = all.some(isBad) ? 'bad' : all.some(({status}) => status === 'warn') ? 'warning' : 'good'
  return [
    ...suites.flatMap(suite => [
      ...suiteLines(suite, options),
      ...(suite.name === 'performance' ? options.chart : []),
      '',
    ]),
    ...wrap(safeText(verdict), options.width).map(line => options.paint(role, line)),
    options.paint('quiet', `${countsText(all)} in ${formatDuration(ms)}`),
  ]
}

function suiteLines({name, title, findings, ms}: SuiteOutcome, options: TextOptions): readonly string[] {
  const {paint} = options
  const widest = Math.min(24, Math.max(...findings.map(({id}) => id.length), 0))
  return [
    `${paint('strong', name)}${paint('quiet', `: ${title} (${formatDuration(ms)})`)}`,
    ...findings.flatMap(finding => caseLines(finding, widest, options)),
  ]
}

function caseLines(finding: Finding, widest: number, {width, paint, checks}: TextOptions): string[] {
  const {id, status, summary, evidence, remedy, causes} = finding
  const [word, role] = statusWords[status]
  const indent = 2 + word.length + 1 + widest + 2
  const [first = '', ...rest] = wrap(safeText(summary, {max: 600}), width - indent)
  const loud = isBad(finding) || status === 'warn'
  const lines = [
    `  ${paint(role, word)} ${paint(isBad(finding) ? 'strong' : 'quiet', id.padEnd(widest))}  ${first}`,
    ...rest.map(line => `${' '.repeat(indent)}${line}`),
  ]
  const [cause] = causes
  if (cause !== undefined)
    lines.push(paint('quiet', `${margin}because of: ${safeText(`${cause.id} ${cause.subject}`.trim(), {max: 200})}`))
  if (!loud && status !== 'skip') return lines
  if (loud)
    for (const item of evidence.slice(0, evidenceLines))
      lines.push(
        ...wrap(safeText(item, {max: 300}), width - margin.length - 2).map((line, i) =>
          paint('quiet', `${margin}${i === 0 ? '| ' : '  '}${line}`),
        ),
      )
  if (remedy !== null)
    lines.push(
      ...wrap(safeText(remedy), width - margin.length - 7).map(
        (line, i) => `${margin}${i === 0 ? 'to do: ' : '       '}${line}`,
      ),
    )
  const docs = checks.find(check => check.id === id)?.docs
  if (loud && docs !== undefined) lines.push(paint('quiet', `${margin}read:  docs/troubleshooting.md#${docs}`))
  return lines
}

function countsText(findings: readonly Finding[]): string {
  const counts = Object.entries(countByStatus(findings)).filter(([, count]) => count > 0)
  return counts.length === 0 ? 'no case' : counts.map(([status, count]) => `${count} ${status}`).join(', ')
}
