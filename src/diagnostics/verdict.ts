import {type ExitCode, exitCode} from '../shared/exit-code.ts'
import type {FindingStatus} from './check.ts'
import type {FindingGroup} from './root-causes.ts'
import {isBad} from './root-causes.ts'
import type {Finding} from './runner.ts'

/** One line that a tired person can act on: what is wrong at the root and what to do, or that nothing is. */
export function verdictOf(groups: readonly FindingGroup[]): string {
  const findings = groups.flatMap(({root, consequences}) => [root, ...consequences])
  const roots = groups.map(({root}) => root)
  const bad = roots.filter(isBad)
  const [first] = bad
  if (first !== undefined) {
    const waiting = bad.find(({last}) => last === true)
    const beside = waiting === undefined || waiting === first ? '' : ` (${waiting.summary})`
    const head = bad.length === 1 ? '' : `${bad.length} problems${beside}; first: `
    const runtime = groups[0]?.consequences.find(({id, status}) => id === 'process.running' && status === 'fail')
    const dead = runtime?.summary.includes(' is alive but ') === true ? 'alive but mute' : 'not running'
    return `${head}${runtime === undefined ? '' : `${dead}, since `}${sentence(first)}`
  }
  const counts = countByStatus(findings)
  if (sawNothing(findings)) {
    const reason = findings[0]
    return reason === undefined ? 'nothing was checked' : `nothing could be seen: ${sentence(reason)}`
  }
  const warnings = roots.filter(({status}) => status === 'warn')
  const [warning] = warnings
  const denied = findings.filter(({status, remedy}) => status === 'skip' && remedy !== null)
  const unseen =
    denied.length === 0 ? '' : `; ${counted(denied.length, 'check')} could not look (${denied[0]?.remedy ?? ''})`
  if (warning !== undefined) {
    const head = `no failure, ${counted(warnings.length, 'warning')}${warnings.length === 1 ? '' : '; first'}`
    return `${head}: ${sentence(warning)}${unseen}`
  }
  return `no problem found: ${counted(counts.pass + counts.info, 'check')} fine${unseen}`
}

/** 1 where something is bad, 3 where nothing could be seen, else 0: the same in every format. */
export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  if (findings.some(isBad)) return exitCode.findings
  return sawNothing(findings) ? exitCode.unable : exitCode.ok
}

function sawNothing(findings: readonly Finding[]): boolean {
  return findings.every(({status}) => status === 'skip')
}

export function countByStatus(findings: readonly Finding[]): Readonly<Record<FindingStatus, number>> {
  const counts = {pass: 0, info: 0, warn: 0, fail: 0, skip: 0, error: 0, timeout: 0}
  for (const {status} of findings) counts[status]++
  return counts
}

function sentence({summary, remedy}: Finding): string {
  return remedy === null ? summary : `${summary}. To do: ${remedy}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
