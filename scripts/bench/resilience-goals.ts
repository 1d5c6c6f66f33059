/** What a soak has to reach, and how it is judged. */
import type {JudgedGoal} from './goals.ts'

export interface SoakFigures {
  readonly wrong: number
  /** Nonces that a server wrote down more than once. */
  readonly doubled: number
  /** Ended more than a second after their deadline, or not at all. */
  readonly late: number
  readonly healthyErrors: number
  readonly quietP99Ms: number | null
  readonly soakP99Ms: number | null
}

const goals: readonly {id: string; text: string; most: number; value: (figures: SoakFigures) => number | undefined}[] =
  [
    {id: 'soak.wrong', text: 'wrong answers', most: 0, value: ({wrong}) => wrong},
    {id: 'soak.double', text: 'double executions', most: 0, value: ({doubled}) => doubled},
    {id: 'soak.late', text: 'ended more than 1 s late, or never', most: 0, value: ({late}) => late},
    {id: 'soak.healthy', text: 'errors on healthy backends', most: 0, value: ({healthyErrors}) => healthyErrors},
    {
      id: 'soak.p99',
      text: 'p99 of healthy backends against the quiet run',
      most: 2,
      value: ({quietP99Ms, soakP99Ms}) => (quietP99Ms && soakP99Ms !== null ? soakP99Ms / quietP99Ms : undefined),
    },
  ]

export function judgeSoak(figures: SoakFigures): JudgedGoal[] {
  return goals.map(({id, text, most, value}) => {
    const measured = value(figures)
    const verdict = measured === undefined ? 'not measured' : measured <= most ? 'met' : 'missed'
    return {id, text, limit: `<= ${most}`, value: measured, verdict}
  })
}

/** Least squares. @returns units a minute; 0 for fewer than two points */
export function slopePerMinute(points: readonly {readonly atMs: number; readonly value: number}[]): number {
  const count = points.length
  if (count < 2) return 0
  const meanX = points.reduce((sum, {atMs}) => sum + atMs, 0) / count
  const meanY = points.reduce((sum, {value}) => sum + value, 0) / count
  const spread = points.reduce((sum, {atMs}) => sum + (atMs - meanX) ** 2, 0)
  if (spread === 0) return 0
  return (points.reduce((sum, {atMs, value}) => sum + (atMs - meanX) * (value - meanY), 0) / spread) * 60_000
}

/** How many lines stand there more than once, each counted as often as it is too many. */
export function repeated(lines: readonly string[]): number {
  return lines.length - new Set(lines).size
}
