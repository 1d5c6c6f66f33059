/** Direct against through the proxy: what a run lost, as rows and as text. */
import type {ScenarioResult} from './suite.ts'

export interface ComparedScenario {
  readonly scenario: string
  readonly scored: boolean
  readonly direct: ScenarioResult
  readonly through: ScenarioResult
  /** Scored, passes direct, and does not pass through. */
  readonly lost: boolean
}

export function compareRuns(direct: readonly ScenarioResult[], through: readonly ScenarioResult[]): ComparedScenario[] {
  const byName = new Map(through.map(result => [result.scenario, result]))
  return direct.flatMap(own => {
    const other = byName.get(own.scenario)
    if (other === undefined) return []
    const lost = own.scored && own.verdict === 'pass' && other.verdict !== 'pass'
    return [{scenario: own.scenario, scored: own.scored, direct: own, through: other, lost}]
  })
}

/** Columns padded to their widest cell, two spaces between them. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows)
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return rows
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** `pass 3/3`, with warnings named. */
export function scenarioCell({verdict, passed, failed, warned}: ScenarioResult): string {
  const counts = verdict === 'missing' || verdict === 'skip' ? '' : ` ${passed}/${passed + failed}`
  return `${verdict}${counts}${warned > 0 ? ` (${warned} warned)` : ''}`
}

/** `84/84 checks, 30/30 scored scenarios`. Checks count in all scenarios, as the suite's own total does. */
export function summaryLine(results: readonly ScenarioResult[]): string {
  const scored = results.filter(result => result.scored)
  const passed = results.reduce((sum, result) => sum + result.passed, 0)
  const all = results.reduce((sum, result) => sum + result.passed + result.failed, 0)
  const ok = scored.filter(({verdict}) => verdict === 'pass').length
  return `${passed}/${all} checks, ${ok}/${scored.length} scored scenarios`
}
