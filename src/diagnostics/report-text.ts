import {formatDuration} from '../shared/duration.ts'
import {safeText} from '../shared/safe-text.ts'
import type {Check, FindingStatus} from './check.ts'
import {checkNames} from './check-names.ts'
import type {DoctorReport} from './report.ts'
import {isBad} from './root-causes.ts'
import type {Finding} from './runner.ts'
import {countByStatus} from './verdict.ts'
import {wrap} from './wrap.ts'

export type TextRole = 'good' | 'bad' | 'warning' | 'quiet' | 'strong'

export interface TextOptions {
  readonly checks: readonly Check[]
  /** Columns of the terminal. */
  readonly width: number
  /** Colours a piece of text; the identity where there are none. */
  readonly paint: (role: TextRole, text: string) => string
}

const margin = '     '
/** A quick run is shown line for line. */
const mostLines = 24

/** Words, not symbols: they can be grepped, read aloud, and need no UTF-8. */
export const statusWords: Readonly<Record<FindingStatus, readonly [string, TextRole]>> = {
  pass: ['ok  ', 'good'],
  info: ['info', 'quiet'],
  warn: ['warn', 'warning'],
  fail: ['FAIL', 'bad'],
  skip: ['skip', 'quiet'],
  error: ['ERR ', 'bad'],
  timeout: ['LATE', 'bad'],
}

/**
 * The report for a person: the verdict first, then each problem with its evidence, what to do and where to read on, and
 * below it what follows from it; healthy checks last, a line each.
 */
export function reportText(report: DoctorReport, options: TextOptions): readonly string[] {
  const {width, paint} = options
  const idWidth = Math.max(...report.findings.map(({id}) => id.length), 0)
  const role = report.findings.some(isBad)
    ? 'bad'
    : report.findings.some(({status}) => status === 'warn')
      ? 'warning'
      : 'good'
  const lines = wrap(safeText(report.verdict), width).map(line => paint(role, line))
  lines.push('')
  const many = report.findings.length > mostLines
  for (const {root, consequences} of report.groups) {
    const folds = many && consequences.length === 0 && (root.status === 'pass' || root.status === 'skip')
    if (folds) continue
    lines.push(...headOf(root, '', idWidth, options))
    if (root.status !== 'pass') lines.push(...detailsOf(root, options))
    const told = consequences.filter(({status}) => !many || status !== 'skip')
    const blind = many ? consequences.filter(({status}) => status === 'skip') : []
    if (told.length > 0) lines.push(paint('quiet', `${margin}what follows from it:`))
    for (const finding of told) lines.push(...headOf(finding, margin, idWidth, options))
    if (blind.length > 0) lines.push(...listOf('skip', 'could not look because of it', blind, margin, options))
  }
  if (many) lines.push(...foldedLines(report, options))
  lines.push('', paint('quiet', countLine(report)))
  return lines
}

/** Healthy checks, and those that had nothing to look at, by their names alone: of a whole run there are too many lines. */
function foldedLines({groups}: DoctorReport, options: TextOptions): string[] {
  const alone = groups.filter(({consequences}) => consequences.length === 0).map(({root}) => root)
  const skipped = alone.filter(({status}) => status === 'skip')
  const hints = new Map<string, Finding[]>()
  for (const finding of skipped) {
    const hint = finding.remedy ?? 'nothing to look at'
    hints.set(hint, [...(hints.get(hint) ?? []), finding])
  }
  return [
    ...[...hints].flatMap(([hint, findings]) => listOf('skip', hint, findings, '', options)),
    ...listOf(
      'pass',
      'fine',
      alone.filter(({status}) => status === 'pass'),
      '',
      options,
    ),
  ]
}

function listOf(
  status: 'pass' | 'skip',
  why: string,
  findings: readonly Finding[],
  indent: string,
  {width, paint}: TextOptions,
): string[] {
  if (findings.length === 0) return []
  const [word, role] = statusWords[status]
  const column = indent.length + word.length + 1
  const text = wrap(safeText(`${why}: ${checkNames(findings.map(({id}) => id))}`), width - column)
  return text.map((line, i) => (i === 0 ? `${indent}${paint(role, word)} ${line}` : `${' '.repeat(column)}${line}`))
}

function headOf(
  {id, status, summary}: Finding,
  indent: string,
  idWidth: number,
  {width, paint}: TextOptions,
): string[] {
  const [word, role] = statusWords[status]
  const column = indent.length + word.length + 1 + idWidth + 2
  const [first = '', ...rest] = wrap(safeText(summary), width - column)
  const head = `${indent}${paint(role, word)} ${paint(isBad({status}) ? 'strong' : 'quiet', id.padEnd(idWidth))}  ${first}`
  return [head, ...rest.map(line => `${' '.repeat(column)}${line}`)]
}

function detailsOf({id, status, evidence, remedy}: Finding, {checks, width, paint}: TextOptions): string[] {
  const lines = evidence.flatMap(item =>
    wrap(safeText(item, {max: 600}), width - margin.length - 2).map((line, i) =>
      paint('quiet', `${margin}${i === 0 ? '| ' : '  '}${line}`),
    ),
  )
  if (remedy !== null) {
    lines.push(
      ...wrap(safeText(remedy), width - margin.length - 7).map(
        (line, i) => `${margin}${i === 0 ? 'to do: ' : '       '}${line}`,
      ),
    )
  }
  const docs = checks.find(check => check.id === id)?.docs
  if (docs !== undefined && (isBad({status}) || status === 'warn'))
    lines.push(paint('quiet', `${margin}read:  docs/troubleshooting.md#${docs}`))
  return lines
}

function countLine({findings, ms}: DoctorReport): string {
  const counts = Object.entries(countByStatus(findings)).filter(([, count]) => count > 0)
  return `${counts.map(([status, count]) => `${count} ${status}`).join(', ')} in ${formatDuration(ms)}`
}
