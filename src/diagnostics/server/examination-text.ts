import {safeText} from '../../shared/safe-text.ts'
import type {TextRole} from '../report-text.ts'
import {isBad} from '../root-causes.ts'
import type {Finding} from '../runner.ts'
import {wrap} from '../wrap.ts'
import type {ServerExamination, SideStatus, Step, StepSide} from './examination.ts'

export interface ExaminationTextOptions {
  /** Columns of the terminal. */
  readonly width: number
  readonly paint: (role: TextRole, text: string) => string
}

const words: Readonly<Record<SideStatus, readonly [string, TextRole]>> = {
  ok: ['ok  ', 'good'],
  warn: ['warn', 'warning'],
  fail: ['FAIL', 'bad'],
  skip: ['skip', 'quiet'],
}
const gap = 2
const narrowestCell = 16
const mostDetails = 12
/** What is worth reading of a healthy server too. */
const shownAlways: ReadonlyMap<string, 'direct' | 'proxied'> = new Map([
  ['config', 'direct'],
  ['context', 'proxied'],
])

/** The verdict first, then both ways side by side, what the proxy adds or loses, and what is wrong in detail. */
export function examinationText(examination: ServerExamination, options: ExaminationTextOptions): readonly string[] {
  const {server, verdict, steps, findings} = examination
  const {width, paint} = options
  const failed =
    findings.some(isBad) || steps.some(each => [each.direct, each.proxied].some(({status}) => status === 'fail'))
  const role = failed ? 'bad' : verdict.includes('warning') ? 'warning' : 'good'
  const place = server.place === null ? '' : `, ${server.place}`
  const lines = wrap(safeText(verdict, {max: 2000}), width).map(line => paint(role, line))
  lines.push(paint('quiet', safeText(`${server.id} (${server.transport})${place}`)), '')
  lines.push(...tableOf(steps, options))
  const differences = steps.filter(({difference}) => difference !== null)
  if (differences.length > 0) {
    lines.push('', paint('strong', 'what the proxy adds or loses'))
    for (const {title, difference} of differences) lines.push(...hanging(`${title}: ${difference}`, width))
  }
  for (const step of steps) lines.push(...detailsOf(step, options))
  for (const finding of findings) lines.push(...findingLines(finding, options))
  return lines
}

function tableOf(steps: readonly Step[], {width, paint}: ExaminationTextOptions): string[] {
  const first = Math.max(4, ...steps.map(({title}) => title.length))
  const cell = Math.max(narrowestCell, Math.floor((width - first - 2 * gap) / 2))
  const space = ' '.repeat(gap)
  const head = `${'STEP'.padEnd(first)}${space}${'DIRECT'.padEnd(cell)}${space}THROUGH THE PROXY`
  const rows = steps.flatMap(({title, direct, proxied}, at) => {
    const before = steps[at - 1]
    const left = cellLines(direct, cell, before?.direct)
    const right = cellLines(proxied, cell, before?.proxied)
    return Array.from({length: Math.max(left.length, right.length)}, (_, i) => {
      const start = (i === 0 ? title : '').padEnd(first)
      const line = `${start}${space}${painted(left[i] ?? '', direct, i, paint, cell)}${space}${painted(right[i] ?? '', proxied, i, paint, 0)}`
      return line.trimEnd()
    })
  })
  return [paint('quiet', head), ...rows]
}

/** The first line holds the status word, which is coloured by itself. */
function painted(
  text: string,
  {status}: StepSide,
  i: number,
  paint: ExaminationTextOptions['paint'],
  width: number,
): string {
  const padded = text.padEnd(width)
  const [word, role] = words[status]
  return i === 0 ? paint(role, word) + padded.slice(word.length) : padded
}

function cellLines({status, summary, ms}: StepSide, width: number, above: StepSide | undefined): string[] {
  if (status === 'skip' && above?.summary === summary) return [`${words.skip[0]} the same`]
  const [word] = words[status]
  const time = ms === null || /\d ?ms\b/.test(summary) ? '' : ` (${ms} ms)`
  const text = safeText(`${summary.replace(/^skipped: because /, '')}${time}`, {max: 300})
  return broken(`${word} ${text}`, width)
}

/** At spaces, and within words that are longer than a line. */
function broken(text: string, width: number): string[] {
  return wrap(text, width).flatMap(line => {
    const chars = [...line]
    const parts: string[] = []
    for (let at = 0; at < Math.max(1, chars.length); at += width) parts.push(chars.slice(at, at + width).join(''))
    return parts
  })
}

function detailsOf(step: Step, {width, paint}: ExaminationTextOptions): string[] {
  return (['direct', 'proxied'] as const).flatMap(way => {
    const {status, details} = step[way]
    const wanted = status === 'fail' || status === 'warn' || shownAlways.get(step.id) === way
    if (!wanted || details.length === 0) return []
    const shown = details.slice(0, mostDetails)
    const more = details.length > shown.length ? [`… and ${details.length - shown.length} more (--json has all)`] : []
    const head = `${step.title}, ${way === 'direct' ? 'direct' : 'through the proxy'}`
    return ['', paint('strong', head), ...[...shown, ...more].flatMap(text => hanging(text, width))]
  })
}

function findingLines(
  {id, status, summary, evidence, remedy}: Finding,
  {width, paint}: ExaminationTextOptions,
): string[] {
  const bad = isBad({status})
  return [
    '',
    ...hanging(`${bad ? 'FAIL' : 'warn'} ${id}  ${summary}`, width, '').map(line =>
      paint(bad ? 'bad' : 'warning', line),
    ),
    ...evidence.flatMap(text => hanging(`| ${text}`, width)),
    ...(remedy === null ? [] : hanging(`to do: ${remedy}`, width)),
  ]
}

function hanging(text: string, width: number, indent = '  '): string[] {
  return wrap(safeText(text, {max: 600}), width - indent.length - 2).map(
    (line, i) => `${indent}${i === 0 ? '' : '  '}${line}`,
  )
}
