import {type ExitCode, exitCode} from '../../shared/exit-code.ts'
import {effectiveCauses, isBad} from '../root-causes.ts'
import type {Finding} from '../runner.ts'
import {countByStatus, exitCodeOf} from '../verdict.ts'
import type {SuiteName} from './suites.ts'

/** What a suite came to: a case a finding, in reading order. */
export interface SuiteOutcome {
  readonly name: SuiteName
  readonly title: string
  readonly findings: readonly Finding[]
  readonly ms: number
  /** It could not be run at all: the exit status that tells so, if nothing worse was found. */
  readonly blocked?: ExitCode
}

/** All suites of one run. Texts are raw: whoever shows them makes SafeText of them. */
export interface SuitesReport {
  readonly verdict: string
  readonly suites: readonly SuiteOutcome[]
  readonly exitCode: ExitCode
  readonly ms: number
}

export function suitesReport(outcomes: readonly SuiteOutcome[], ms: number): SuitesReport {
  const suites = outcomes.map(outcome => ({
    ...outcome,
    findings: outcome.findings.map(finding => ({...finding, causes: effectiveCauses(finding, outcome.findings)})),
  }))
  return {verdict: verdictOf(suites), suites, exitCode: statusOf(suites), ms: Math.round(ms)}
}

/**
 * 1 where a case failed, 4 where cases were only late, 2 or 3 where a whole suite could not be run or see anything; else
 * 0, with warnings too.
 */
function statusOf(suites: readonly SuiteOutcome[]): ExitCode {
  const {fail, error, timeout} = countByStatus(suites.flatMap(({findings}) => findings))
  if (fail + error > 0) return exitCode.findings
  if (timeout > 0) return exitCode.timeout
  const blocked = suites.flatMap(suite => suite.blocked ?? [])[0]
  if (blocked !== undefined) return blocked
  const blind = suites.some(({findings}) => exitCodeOf(findings) === exitCode.unable)
  return blind ? exitCode.unable : exitCode.ok
}

function verdictOf(suites: readonly SuiteOutcome[]): string {
  const all = suites.flatMap(({findings}) => findings)
  const {warn, skip} = countByStatus(all)
  const bad = suites.filter(({findings}) => findings.some(isBad))
  const unseen = skip === 0 ? '' : `; ${skip} skipped`
  if (bad.length === 0) {
    const blind = suites.filter(({findings}) => findings.every(({status}) => status === 'skip'))
    if (blind.length > 0) return `nothing could be seen of ${blind.map(({name}) => name).join(', ')}`
    return `${counted(all.length - skip, 'case')} fine${warn === 0 ? '' : `, ${counted(warn, 'warning')} among them`}${unseen}`
  }
  // A case that follows from another is no problem of its own.
  const roots = bad.flatMap(({findings}) =>
    findings.filter(finding => isBad(finding) && effectiveCauses(finding, findings).length === 0),
  )
  const failed = new Set(all.filter(isBad).map(({id, subject}) => `${id} ${subject}`)).size
  const first = roots[0] ?? all.find(isBad)
  return `${counted(failed, 'case')} failed in ${bad.map(({name}) => name).join(', ')}: ${first?.summary ?? ''}${unseen}`
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** The document of `test --json`, without `schemaVersion`. */
export function suitesJson({verdict, suites, ms}: SuitesReport): object {
  return {
    verdict,
    suites: suites.map(({name, title, findings, ms: took}) => ({
      suite: name,
      title,
      counts: countByStatus(findings),
      ms: took,
      cases: findings.map(({id, status, subject, summary, evidence, causes, remedy, ms: each}) => ({
        id,
        status,
        subject,
        summary,
        evidence,
        causes,
        remedy,
        ms: each,
      })),
    })),
    ms,
  }
}
