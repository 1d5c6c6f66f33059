import {type CheckContext, type CheckResult, notSeen} from '../check.ts'
import type {Fact, FactKey} from '../fact.ts'
import type {ProbeResult} from '../facts/backends.ts'

/** Servers that can be asked at all, as facts to ask for. */
export function probesOf({outline}: CheckContext): FactKey<'backend.probe'>[] {
  return (outline?.servers ?? [])
    .filter(({transport}) => transport !== 'none')
    .map(({id}) => `backend.probe:${id}` as const)
}

export interface Probed {
  readonly id: string
  readonly probe: ProbeResult
}

/** Those that were asked; what was left alone (a program that runs already) is no matter. */
export function probed(facts: readonly Fact<'backend.probe'>[]): readonly Probed[] {
  return facts.flatMap(fact => (fact.state === 'known' ? [{id: idOf(fact), probe: fact.value}] : []))
}

/** Probes that broke or came late. */
export function lateProbes(facts: readonly Fact<'backend.probe'>[]): readonly CheckResult[] {
  return facts.flatMap(fact => (fact.state === 'timeout' || fact.state === 'error' ? [notSeen(fact, idOf(fact))] : []))
}

function idOf({key}: Fact<'backend.probe'>): string {
  return key.slice('backend.probe:'.length)
}
