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
  // What is still being asked when all is over is ended too: a server that hangs would keep this program.
  const over = new AbortController()
  const facts = liveFacts({
    collectors: collectorsFor(place, key),
    host: hostname(),
    signal: AbortSignal.any([signal, over.signal]),
  })
  const context = await resolveContext(facts, {whole: true})
  const planned = suites.map(suite => ({...suite, checks: suite.checks(context)}))
  options.onStart?.(planned.reduce((sum, {checks}) => sum + checks.length, 0))
  const running = Promise.all(
    planned.map(async ({name, title, checks, strict}) => {
      const started = performance.now()
      const judged = (finding: Finding): Finding =>
        finding.status === 'warn' && strict.includes(finding.id) ? {...finding, status: 'fail'} : finding
      const told = onFinding && {onFinding: (finding: Finding) => onFinding(judged(finding))}
      const findings = await runChecks({checks, context, facts, totalMs, ...told})
      return {name, title, findings: findings.map(judged), ms: Math.round(performance.now() - started)}
    }),
  )
  return running.finally(() => over.abort())
}
