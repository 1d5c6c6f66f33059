import {runSuites} from '../diagnostics/suites/run-suites.ts'
import {type SuiteOutcome, suitesJson, suitesReport} from '../diagnostics/suites/suite-report.ts'
import {type SuiteName, suites} from '../diagnostics/suites/suites.ts'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {doctorProgress} from './doctor-progress.ts'
import {printJson, printLine} from './output.ts'
import {paintFor} from './style.ts'
import type {LoadRequest, LoadTarget} from './test-load.ts'

export const testFormats = ['pretty', 'json', 'junit'] as const

export interface TestRequest {
  readonly suites: readonly SuiteName[]
  readonly format: (typeof testFormats)[number]
  readonly configFlag: string | undefined
  /** All suites of checks are over by then. */
  readonly totalMs: number
  readonly load: LoadRequest
}

/** Runs test suites and prints their report. @returns the exit status @throws AppError */
export async function runTests(request: TestRequest): Promise<number> {
  const {load} = request
  const started = performance.now()
  const key = load.keyEnv === undefined ? undefined : process.env[load.keyEnv]
  if (load.keyEnv !== undefined && !key)
    throw new AppError('NO_KEY', `the environment variable ${load.keyEnv} is not set`, {exitCode: exitCode.usage})
  const wanted = suites.filter(({name}) => request.suites.includes(name))
  const loading = request.suites.includes('performance') ? await import('./test-load.ts') : undefined
  // What may be refused comes before what takes time. Beside other suites it is a case of its own: they may still tell why.
  let refused: SuiteOutcome | undefined
  const target = await loading?.openLoadTarget(load).catch((error: unknown) => {
    if (wanted.length === 0 || !(error instanceof AppError)) throw error
    refused = loading.refusedLoad(error, load)
    return undefined
  })
  if (loading !== undefined && target === undefined && refused === undefined) return exitCode.findings

  const outcomes: SuiteOutcome[] = []
  if (wanted.length > 0) {
    const progress = doctorProgress(process.stderr, ({id, subject}) => `${id} ${subject}`)
    outcomes.push(
      ...(await runSuites({
        suites: wanted,
        env: process.env,
        cwd: process.cwd(),
        configFlag: request.configFlag,
        key,
        totalMs: request.totalMs,
        signal: new AbortController().signal,
        onStart: progress.start,
        onFinding: progress.found,
      }).finally(progress.end)),
    )
  }
  // After them: a load beside them would be what they find.
  const measured = loading && target && (await measure(loading, target, load))
  if (refused) outcomes.push(refused)
  if (measured) outcomes.push(measured.outcome)
  const report = suitesReport(outcomes, performance.now() - started)
  await print(request, report, measured)
  return report.exitCode
}

type Measured = Awaited<ReturnType<typeof measure>>

async function measure(loading: typeof import('./test-load.ts'), target: LoadTarget, load: LoadRequest) {
  const {percentile} = await import('../shared/latency-buckets.ts')
  const figures = await loading.runLoad(target, load)
  const document = loading.loadDocument(figures, target, load, fraction => percentile(figures.latency, fraction))
  return {figures, document, outcome: loading.loadOutcome(figures, target, load)}
}

async function print(
  {format}: TestRequest,
  report: ReturnType<typeof suitesReport>,
  measured: Measured | undefined,
): Promise<void> {
  if (format === 'json') return printJson({...suitesJson(report), ...(measured && {load: measured.document})})
  if (format === 'junit') {
    const {junitOf} = await import('../diagnostics/report-junit.ts')
    return printLine(junitOf('only1mcp test', report.suites, report.ms))
  }
  const {suitesText} = await import('../diagnostics/suites/suites-text.ts')
  const {catalogue} = await import('../diagnostics/checks/catalogue.ts')
  const {suiteChecks} = await import('../diagnostics/suites/suite-checks.ts')
  const paint = paintFor(process.stdout, process.env)
  const width = process.stdout.columns || 80
  const chart = measured && (await chartOf(measured, width))
  for (const line of suitesText(report, {checks: [...catalogue, ...suiteChecks], width, paint, chart: chart ?? []}))
    printLine(line)
}

/** With the percentiles above it, where the case itself does not hold them. */
async function chartOf({figures}: Measured, width: number): Promise<readonly string[]> {
  const {latencyChart, percentileLine} = await import('./latency-chart.ts')
  const {capabilities} = await import('../tui/term/caps.ts')
  if (figures.latency.length === 0) return []
  const paint = paintFor(process.stdout, process.env)
  const {ascii} = capabilities(process.env).glyphs
  const rows = latencyChart(figures.latency, {width: width - 2, ascii, paint})
  const head = figures.failed > 0 ? [] : [percentileLine(figures.latency, figures.maxMs)]
  return [...head, ...rows].map(line => `  ${line}`)
}
