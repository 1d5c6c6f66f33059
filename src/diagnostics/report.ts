import type {DoctorRow} from '../control/source.ts'
import type {ExitCode} from '../shared/exit-code.ts'
import type {Cause} from './check.ts'
import {effectiveCauses, type FindingGroup, foldConsequences, isBad} from './root-causes.ts'
import type {Finding} from './runner.ts'
import {exitCodeOf, verdictOf} from './verdict.ts'

/** What a run of checks came to. Texts are raw: whoever shows them makes SafeText of them. */
export interface DoctorReport {
  readonly verdict: string
  readonly rootCauses: readonly Required<Cause>[]
  /** Each finding that stands for itself with what follows from it: bad ones first, healthy ones last. */
  readonly groups: readonly FindingGroup[]
  /** The same, flat; `causes` are those that really are bad. */
  readonly findings: readonly Finding[]
  readonly exitCode: ExitCode
  readonly ms: number
}

export function reportOf(found: readonly Finding[], ms: number): DoctorReport {
  const groups = foldConsequences(found)
  const ordered = groups.flatMap(({root, consequences}) => [root, ...consequences])
  return {
    verdict: verdictOf(groups),
    rootCauses: groups.filter(({root}) => isBad(root)).map(({root: {id, subject}}) => ({id, subject})),
    groups,
    findings: ordered.map(finding => ({...finding, causes: effectiveCauses(finding, found)})),
    exitCode: exitCodeOf(found),
    ms,
  }
}

/** The findings as the console shows them. */
export function doctorRows({findings}: DoctorReport): readonly DoctorRow[] {
  return findings.map(({id, status, subject, summary, remedy}) => ({id, status, subject, summary, remedy}))
}
