import {homedir, hostname} from 'node:os'
import type {Check} from './check.ts'
import {resolveContext} from './context.ts'
import type {Collector} from './live-facts.ts'
import {liveFacts} from './live-facts.ts'
import type {Place} from './place.ts'
import {type DoctorReport, reportOf} from './report.ts'
import {type Finding, runChecks} from './runner.ts'

/** However many facts are late, a run ends by then. */
const totalMs = 10_000

export interface DoctorOptions {
  /** Which checks; all of them when empty. */
  readonly ids: readonly string[]
  /** Only what takes no noticeable time, when no ids are given. */
  readonly quick?: boolean
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly configFlag?: string | undefined
  readonly signal: AbortSignal
  /** Told how many checks there are, before the first finding. */
  readonly onStart?: (checks: readonly Check[]) => void
  /** Told of each finding as soon as it is there. */
  readonly onFinding?: (finding: Finding) => void
}

/**
 * Looks at the runtime of this machine, running or not, and says what is wrong and why.
 * @throws AppError `CHECK_UNKNOWN` for an id that is not in the catalogue
 */
export async function runDoctor(options: DoctorOptions): Promise<DoctorReport> {
  const started = performance.now()
  const place = {
    configFlag: options.configFlag,
    env: options.env,
    cwd: options.cwd,
    home: options.env.HOME || homedir(),
  }
  const {checks, collectors, whole} = await workFor(options, place)
  options.onStart?.(checks)
  const over = new AbortController()
  const signal = AbortSignal.any([options.signal, over.signal])
  const facts = liveFacts({collectors, host: hostname(), signal})
  const context = await resolveContext(facts, {whole})
  const {onFinding} = options
  const findings = await runChecks({checks, context, facts, totalMs, ...(onFinding && {onFinding})})
  over.abort() // what is late is not waited for any longer
  return reportOf(findings, performance.now() - started)
}

interface Work {
  readonly checks: readonly Check[]
  readonly collectors: readonly Collector[]
  /** The checks need to know what the configuration holds. */
  readonly whole: boolean
}

/** A quick run loads no more than it needs. */
async function workFor({ids, quick}: DoctorOptions, place: Place): Promise<Work> {
  if (ids.length === 0 && quick === true) {
    const {quickChecks} = await import('./checks/quick-checks.ts')
    const {quickCollectors} = await import('./collect/quick-collectors.ts')
    const {configReader} = await import('./collect/shared-config.ts')
    return {checks: quickChecks, collectors: quickCollectors(place, configReader(place)), whole: false}
  }
  const {checksNamed} = await import('./find-check.ts')
  const {collectorsFor} = await import('./collect/collectors.ts')
  return {checks: checksNamed(ids), collectors: collectorsFor(place), whole: true}
}
