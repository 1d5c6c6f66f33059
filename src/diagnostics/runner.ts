import {type Clock, systemClock} from '../shared/clock.ts'
import {formatDuration} from '../shared/duration.ts'
import {messageOf} from '../shared/errors.ts'
import type {Check, CheckContext, CheckResult} from './check.ts'
import type {Fact, FactKey, FactSource} from './fact.ts'

/** What one check said, with its name and how long it took, its facts included. */
export interface Finding extends CheckResult {
  readonly id: string
  readonly ms: number
}

export interface RunOptions {
  readonly checks: readonly Check[]
  readonly context: CheckContext
  readonly facts: FactSource
  /** After this, every check that still waits is a `timeout`. */
  readonly totalMs: number
  readonly clock?: Clock
  /** Told of each finding as soon as it is there. */
  readonly onFinding?: (finding: Finding) => void
}

/**
 * Runs checks: all facts are asked for at once, each check runs as soon as its own are there, and one that hangs or
 * throws is a finding and delays nobody.
 * @returns the findings in reading order: each check behind those it comes after
 */
export async function runChecks(options: RunOptions): Promise<readonly Finding[]> {
  const clock = options.clock ?? systemClock
  const started = clock.now()
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<'expired'>(resolve => {
    timer = setTimeout(() => resolve('expired'), options.totalMs)
  })

  const runOne = async (check: Check): Promise<readonly Finding[]> => {
    const results = await resultsOf(check)
    const ms = Math.round(clock.now() - started)
    const findings = results.map(result => ({id: check.id, ...result, ms}))
    for (const finding of findings) options.onFinding?.(finding)
    return findings
  }

  const resultsOf = async (check: Check): Promise<readonly CheckResult[]> => {
    try {
      const keys: readonly FactKey[] = check.needs(options.context)
      const all = Promise.all(keys.map(key => options.facts.get(key)))
      const limitMs = Math.min(check.timeoutMs ?? options.totalMs, options.totalMs)
      const facts = await Promise.race([limitMs < options.totalMs ? within(all, limitMs) : all, expired])
      if (facts === 'expired') return [broken(check, 'timeout', `not known within ${formatDuration(limitMs)}`)]
      return check.run(facts as readonly Fact[], options.context)
    } catch (error) {
      return [broken(check, 'error', `the check itself broke: ${messageOf(error)}`)]
    }
  }

  try {
    return (await Promise.all(inReadingOrder(options.checks).map(runOne))).flat()
  } finally {
    clearTimeout(timer)
  }
}

/** Checks sorted so that each stands behind those it comes `after`; otherwise the order is kept. */
export function inReadingOrder(checks: readonly Check[]): readonly Check[] {
  const byId = new Map(checks.map(check => [check.id, check]))
  const ordered = new Set<Check>()
  const visit = (check: Check, path: readonly string[]): void => {
    if (ordered.has(check)) return
    if (path.includes(check.id)) throw new Error(`checks come after each other: ${[...path, check.id].join(' > ')}`)
    for (const id of check.after) {
      const before = byId.get(id)
      if (before !== undefined) visit(before, [...path, check.id])
    }
    ordered.add(check)
  }
  for (const check of checks) visit(check, [])
  return [...ordered]
}

/** A promise, or `expired` when it takes longer. */
function within<T>(promise: Promise<T>, ms: number): Promise<T | 'expired'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'expired'>(resolve => {
    timer = setTimeout(() => resolve('expired'), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function broken({subject = ''}: Check, status: 'error' | 'timeout', summary: string): CheckResult {
  return {status, subject, summary, evidence: [], causes: [], remedy: null}
}
