/** What an outage of Redis or PostgreSQL may cost, and how it is judged. */
import type {JudgedGoal} from './goals.ts'

export interface OutageFigures {
  readonly id: string
  readonly failed: number
  /** Milliseconds; null where nothing was answered. */
  readonly quietP99Ms: number | null
  readonly outageP99Ms: number | null
  /** Calls that were sent since the beginning, and their rows after the return. */
  readonly requests: number
  readonly rows: number
}

const mostAddedMs = 60

/** @returns undefined where one of the two was not measured */
export function addedMs({quietP99Ms, outageP99Ms}: OutageFigures): number | undefined {
  return quietP99Ms === null || outageP99Ms === null ? undefined : outageP99Ms - quietP99Ms
}

export function judgeOutages(cases: readonly OutageFigures[]): JudgedGoal[] {
  return cases.flatMap(figures => {
    const {id, failed, requests, rows} = figures
    const judged = (text: string, limit: string, value: number | undefined, met: boolean): JudgedGoal => ({
      id: `outage.${id}`,
      text: `${id}: ${text}`,
      limit,
      value,
      verdict: value === undefined ? 'not measured' : met ? 'met' : 'missed',
    })
    const added = addedMs(figures)
    return [
      judged('failed requests', '0', failed, failed === 0),
      judged('added p99, ms', `< ${mostAddedMs}`, added, added !== undefined && added < mostAddedMs),
      judged('requests without exactly one row', '0', Math.abs(requests - rows), requests === rows),
    ]
  })
}
