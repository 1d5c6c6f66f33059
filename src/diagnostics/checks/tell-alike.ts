import type {CheckResult} from '../check.ts'

const named = 5

/** The first of those that have the same trouble says of how many others it is the trouble too: one host, six servers. */
export function tellAlike(results: readonly CheckResult[]): readonly CheckResult[] {
  const groups = Map.groupBy(results, ({alike}) => alike)
  return results.map(result => {
    const [first, ...others] = (result.alike !== undefined && groups.get(result.alike)) || []
    return first === result && others.length > 0
      ? {...result, summary: `${result.summary}; ${listed(others)} too`}
      : result
  })
}

function listed(others: readonly CheckResult[]): string {
  const names = others.slice(0, named).map(({subject}) => subject)
  return `${names.join(', ')}${others.length > named ? ` and ${others.length - named} more` : ''}`
}
