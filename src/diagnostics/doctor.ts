import {homedir, hostname} from 'node:os'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import type {Check} from './check.ts'
import {catalogue} from './checks/catalogue.ts'
import {collectorsFor} from './collect/collectors.ts'
import {resolveContext} from './context.ts'
import {liveFacts} from './live-facts.ts'
import {type DoctorReport, reportOf} from './report.ts'
import {type Finding, runChecks} from './runner.ts'

/** However many facts are late, a run ends by then. */
const totalMs = 10_000

export interface DoctorOptions {
  /** Which checks; all of them when empty. */
  readonly ids: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly configFlag?: string | undefined
  readonly signal: AbortSignal
  /** Told of each finding as soon as it is there. */
  readonly onFinding?: (finding: Finding) => void
}

/**
 * Looks at the runtime of this machine, running or not, and says what is wrong and why.
 * @throws AppError `CHECK_UNKNOWN` for an id that is not in the catalogue
 */
export async function runDoctor(options: DoctorOptions): Promise<DoctorReport> {
  const started = performance.now()
  const checks = checksNamed(options.ids)
  const place = {
    configFlag: options.configFlag,
    env: options.env,
    cwd: options.cwd,
    home: options.env.HOME || homedir(),
  }
  const facts = liveFacts({collectors: collectorsFor(place), host: hostname(), signal: options.signal})
  const context = await resolveContext(facts)
  const {onFinding} = options
  const findings = await runChecks({checks, context, facts, totalMs, ...(onFinding && {onFinding})})
  return reportOf(findings, performance.now() - started)
}

/**
 * The checks with these ids, in the catalogue's order; all of them without ids.
 * @throws AppError `CHECK_UNKNOWN`
 */
export function checksNamed(ids: readonly string[]): readonly Check[] {
  if (ids.length === 0) return catalogue
  const named = new Set(ids.map(checkNamed))
  return catalogue.filter(check => named.has(check))
}

/** @throws AppError `CHECK_UNKNOWN` for an id that is not in the catalogue */
export function checkNamed(id: string): Check {
  const check = catalogue.find(each => each.id === id)
  if (check !== undefined) return check
  throw new AppError('CHECK_UNKNOWN', `there is no check ${id}`, {
    fix: `The checks are: ${catalogue.map(each => each.id).join(', ')}.`,
    exitCode: exitCode.usage,
  })
}
