import type {CheckResult} from '../check.ts'

const most = 20

/** With a thousand servers nobody reads a thousand findings: the first ones, and in the last of them how many more there are. */
export function shortList(results: readonly CheckResult[]): readonly CheckResult[] {
  const last = results[most - 1]
  if (results.length <= most || last === undefined) return results
  const also = results.slice(most).map(({subject}) => subject)
  const more = `the same of ${also.length} more: ${also.join(', ')}`
  return [...results.slice(0, most - 1), {...last, also, evidence: [...last.evidence, more.slice(0, 500)]}]
}
