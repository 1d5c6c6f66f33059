import {homedir, hostname} from 'node:os'
import {collectorsFor} from '../collect/collectors.ts'
import {resolveContext} from '../context.ts'
import {liveFacts} from '../live-facts.ts'
import {type Finding, runChecks} from '../runner.ts'
import type {SuiteOutcome} from './suite-report.ts'
import type {Suite} from './suites.ts'

export interface SuitesOptions {
  readonly suites: readonly Suite[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly configFlag?: string | undefined
  /** An API key or token for the proxy. */
  readonly key?: string | undefined
  /** However many servers there are, all is over by then. */
  readonly totalMs: number
  readonly signal: AbortSignal
  /** Told how many cases there are, before the first finding. */
  readonly onStart?: (cases: number) => void
  readonly onFinding?: (finding: Finding) => void
}

/** Runs suites of checks beside each other, on one set of facts. */
export async function runSuites(options: SuitesOptions): Promise<readonly SuiteOutcome[]> {
  const {suites, env, cwd, configFlag, key, totalMs, signal, onFinding} = options
  const place = {configFlag, env, cwd, home: env.HOME || homedir()}
  const over = new AbortController()
  const ended = AbortSignal.any([signal, over.signal])
  const facts = liveFacts({collectors: collectorsFor(place, key), host: hostname(), signal: ended})
  const context = await resolveContext(facts, {whole: true})
  const planned = suites.map(({name, title, checks}) => ({name, title, checks: checks(context)}))
  options.onStart?.(planned.reduce((sum, {checks}) => sum + checks.length, 0))
  return Promise.all(
    planned.map(async ({name, title, checks}) => {
      const started = performance.now()
      const findings = await runChecks({checks, context, facts, totalMs, ...(onFinding && {onFinding})})
      return {name, title, findings, ms: Math.round(performance.now() - started)}
    }),
  ).finally(() => over.abort()) // what is late is not waited for any longer
}
