import type {Snapshot} from '../../control/contract/snapshot.ts'
import {type CheckResult, skip} from '../check.ts'
import type {Fact} from '../fact.ts'

/** What a check that reads the runtime's own account comes after. */
export const afterRuntime = ['process.running', 'control.answers'] as const

export function snapshotOf(control: Fact<'control.snapshot'>): Snapshot | null {
  return control.state === 'known' ? control.value.snapshot : null
}

/** @param what completes "… could not be looked at" */
export function untold(what: string): CheckResult {
  const causes = afterRuntime.toReversed().map(id => ({id}))
  return skip('', `${what} could not be looked at: no runtime tells about it`, {causes})
}
