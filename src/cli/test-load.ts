import {type LoadAnswer, type LoadFigures, startLoad} from '../diagnostics/load/load-run.ts'
import {pickTool, type ToolForLoad, toolForLoad} from '../diagnostics/load/pick-tool.ts'
import type {SuiteOutcome} from '../diagnostics/suites/suite-report.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendConnection} from '../mcp/connection.ts'
import {parseObject} from '../mcp/handshake.ts'
import {systemClock} from '../shared/clock.ts'
import {formatDuration} from '../shared/duration.ts'
import {AppError, messageOf} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {safeText} from '../shared/safe-text.ts'
import {confirmed} from './confirmed.ts'
import {percentileLine} from './latency-chart.ts'
import {printNote} from './output.ts'
import {progressLine} from './progress-line.ts'
import {ask, connectToRuntime, paramsFor} from './runtime-connection.ts'

export interface LoadRequest {
  readonly tool: string | undefined
  readonly args: Readonly<Record<string, unknown>>
  readonly durationMs: number
  readonly concurrency: number
  readonly rate: number | null
  /** For one call. */
  readonly timeoutMs: number
  readonly keyEnv: string | undefined
  readonly yes: boolean
}

/** The document of a load, as `test --suite performance --json` holds it. */
export interface LoadDocument extends Omit<LoadFigures, 'latency'> {
  readonly tool: string
  readonly concurrency: number
  readonly rate: number | null
  /** Milliseconds; null where nothing was answered well. */
  readonly latency: Readonly<Record<'p50' | 'p90' | 'p95' | 'p99' | 'p999', number>> | null
}

export interface LoadTarget {
  readonly tool: string
  readonly connection: BackendConnection
}

const graceMs = 5000
const maxPages = 1000
/** Whoever does not shake hands or list tools within this is no target for load. */
const openMs = 10_000
const title = 'calls through the proxy'

/**
 * Connects to the running proxy and settles which tool is called.
 * @returns undefined where the operator said no
 * @throws AppError where there is no runtime, or no tool to call
 */
export async function openLoadTarget(request: LoadRequest): Promise<LoadTarget | undefined> {
  const {tool: wanted, args, keyEnv} = request
  const timeoutMs = Math.min(request.timeoutMs, openMs)
  const connection = await connectToRuntime({keyEnv, timeoutMs})
  try {
    const tools = await definitions(connection, timeoutMs)
    const tool = wanted === undefined ? pickTool(tools) : tools.find(({name}) => name === wanted)
    if (tool === undefined) throw wanted === undefined ? nothingToPick(tools) : unknownTool(wanted, tools)
    const missing = tool.required.filter(name => !Object.hasOwn(args, name))
    if (missing.length > 0)
      throw new AppError(
        'BAD_ARGS',
        `${safeText(tool.name)} needs arguments: ${missing.map(each => safeText(each)).join(', ')}`,
        {
          fix: `Give them as JSON: --args '{"${safeText(missing[0] ?? '')}": …}'`,
          exitCode: exitCode.usage,
        },
      )
    if (wanted === undefined)
      printNote(`calling ${safeText(tool.name)}: it says that it only reads, and needs no arguments`)
    else if (tool.destructive) {
      const question = `${tool.name} says that it destroys: call it for ${formatDuration(request.durationMs)} all the same?`
      if (!(await confirmed(question, request.yes))) {
        await connection.close(500)
        return undefined
      }
    } else if (!tool.readOnly)
      printNote(`${safeText(tool.name)} does not say that it only reads: it is called because you named it`)
    return {tool: tool.name, connection}
  } catch (error) {
    await connection.close(500)
    throw error
  }
}

async function definitions(connection: BackendConnection, timeoutMs: number): Promise<ToolForLoad[]> {
  const tools: ToolForLoad[] = []
  let cursor: unknown
  for (let page = 0; page < maxPages; page++) {
    const answer = await ask(connection, 'tools/list', typeof cursor === 'string' ? {cursor} : {}, timeoutMs)
    const value = parseObject(answer.value)
    if (answer.kind === 'error')
      throw new AppError('LIST_REFUSED', `the proxy refused tools/list: ${String(value?.message ?? 'no reason')}`)
    for (const each of Array.isArray(value?.tools) ? value.tools : []) {
      const tool = toolForLoad(each)
      if (tool !== undefined) tools.push(tool)
    }
    cursor = value?.nextCursor
    if (typeof cursor !== 'string') break
  }
  return tools
}

function nothingToPick(tools: readonly ToolForLoad[]): AppError {
  const some = tools.slice(0, 8).map(({name}) => safeText(name, {max: 64}))
  return new AppError('NO_TOOL', 'no tool says that it only reads and needs no arguments: name the one to call', {
    fix:
      tools.length === 0
        ? 'The proxy offers no tools: only1mcp health status'
        : `--tool NAME, and --args JSON where it needs them. There are: ${some.join(', ')}${tools.length > some.length ? ' …' : ''}`,
    exitCode: tools.length === 0 ? exitCode.unable : exitCode.usage,
  })
}

function unknownTool(wanted: string, tools: readonly ToolForLoad[]): AppError {
  const like = tools.filter(({name}) => name.includes(wanted) || wanted.includes(name)).slice(0, 5)
  const shown = (like.length > 0 ? like : tools.slice(0, 8)).map(({name}) => safeText(name, {max: 64}))
  return new AppError('UNKNOWN_TOOL', `the proxy offers no tool ${safeText(JSON.stringify(wanted))}`, {
    fix:
      shown.length === 0
        ? 'It offers none: only1mcp health status'
        : `There are: ${shown.join(', ')}; only1mcp tools list shows all.`,
    exitCode: exitCode.usage,
  })
}

/** Sends the load, with progress on a terminal; ^C ends it early, with what was measured so far. */
export async function runLoad({tool, connection}: LoadTarget, request: LoadRequest): Promise<LoadFigures> {
  const {durationMs, concurrency, rate, timeoutMs} = request
  const params = paramsFor(connection, {name: tool, arguments: request.args})
  const stop = new AbortController()
  const onSignal = (): void => stop.abort()
  // Once only: a second ^C ends the program as ever.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal)
  const line = progressLine(process.stderr)
  const run = startLoad({
    call: signal =>
      connection.call({method: 'tools/call', params, timeoutMs, name: tool, signal}).then(answerOf, failureOf),
    durationMs,
    concurrency,
    rate,
    graceMs: Math.min(graceMs, timeoutMs),
    clock: systemClock,
    signal: stop.signal,
  })
  const timer = setInterval(() => line.show(progressText(run.figures(), durationMs)), 250)
  try {
    return await run.done
  } finally {
    clearInterval(timer)
    line.end()
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, onSignal)
    await connection.close(500)
  }
}

function progressText({ms, calls, perSecond, failed}: LoadFigures, durationMs: number): string {
  const bad = failed === 0 ? '' : `, ${failed} failed`
  return `calling: ${formatDuration(ms)} of ${formatDuration(durationMs)}, ${calls} calls, ${Math.round(perSecond)}/s${bad}; ^C ends it`
}

function answerOf({kind, value}: {readonly kind: 'result' | 'error'; readonly value: Buffer}): LoadAnswer {
  if (kind === 'result') {
    // Only what may be one is read: answers can be large.
    if (!value.includes('"isError"')) return good
    const result = parseObject(value)
    if (result?.isError !== true) return good
    return {code: 'tool error', message: JSON.stringify(result.content ?? null).slice(0, 200), retryAfterMs: null}
  }
  const error = parseObject(value)
  const data = typeof error?.data === 'object' && error.data !== null ? (error.data as Record<string, unknown>) : {}
  const retryAfterMs = typeof data.retryAfterMs === 'number' ? data.retryAfterMs : null
  return {code: String(error?.code ?? 'error'), message: String(error?.message ?? '').slice(0, 200), retryAfterMs}
}

function failureOf(error: unknown): LoadAnswer {
  if (!(error instanceof CallFailure)) return {code: 'failed', message: messageOf(error), retryAfterMs: null}
  return {code: error.kind, message: error.message.slice(0, 200), retryAfterMs: error.retryAfterMs ?? null}
}

const good: LoadAnswer = {code: null, message: '', retryAfterMs: null}

export function loadDocument(
  figures: LoadFigures,
  {tool}: LoadTarget,
  {concurrency, rate}: LoadRequest,
  percentile: (fraction: number) => number | undefined,
): LoadDocument {
  const {latency, ...rest} = figures
  const at = (fraction: number): number => Number((percentile(fraction) ?? 0).toPrecision(4))
  return {
    tool,
    concurrency,
    rate,
    ...rest,
    perSecond: Number(rest.perSecond.toFixed(1)),
    minMs: Number(rest.minMs.toFixed(3)),
    maxMs: Number(rest.maxMs.toFixed(3)),
    latency: latency.length === 0 ? null : {p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), p999: at(0.999)},
  }
}

/** The load as a suite of one case. */
export function loadOutcome(figures: LoadFigures, {tool}: LoadTarget, {concurrency}: LoadRequest): SuiteOutcome {
  const {calls, failed, errors, perSecond, ms, missed, pausedMs, stopped, latency, maxMs} = figures
  const bad = failed > 0 || calls === 0
  const figuresText = `${calls} calls of ${tool} in ${formatDuration(ms)}, ${Number(perSecond.toFixed(1))}/s with ${concurrency} at once`
  const finding = {
    id: 'performance.load',
    status: bad ? ('fail' as const) : ('pass' as const),
    subject: tool,
    summary:
      calls === 0
        ? `no call of ${tool} was answered in ${formatDuration(ms)}`
        : `${figuresText}; ${failed === 0 ? 'none failed' : `${failed} failed`}${stopped ? ' (ended early)' : ''}`,
    evidence: [
      ...(latency.length === 0 ? [] : [percentileLine(latency, maxMs)]),
      ...errors.map(({code, count, message}) => `${count} x ${code}: ${message}`),
      ...(pausedMs > 0 ? [`paused for ${formatDuration(pausedMs)}, as the answers asked for (Retry-After)`] : []),
      ...(missed > 0 ? [`${missed} calls were due and not sent: the rate was not reached`] : []),
    ],
    causes: [],
    remedy: bad ? remedyOf(errors[0]?.code, tool) : null,
    ms,
  }
  return {name: 'performance', title, findings: [finding], ms}
}

/** A load that could not be sent, as a suite of one case. */
export function refusedLoad({message, fix, exitCode: blocked}: AppError, {tool}: LoadRequest): SuiteOutcome {
  const finding = {
    id: 'performance.load',
    status: blocked === exitCode.timeout ? ('timeout' as const) : ('skip' as const),
    subject: tool ?? '',
    summary: message,
    evidence: [],
    causes: [],
    remedy: fix ?? null,
    ms: 0,
  }
  return {name: 'performance', title, findings: [finding], ms: 0, blocked}
}

function remedyOf(code: string | undefined, tool: string): string {
  if (code === '-32004')
    return 'a lower --rate or --concurrency; rate_limit and proxy.connection_pool set the limits, only1mcp doctor performance looks at them'
  if (code === 'tool error') return `only1mcp tools call ${tool} --args … shows its whole answer`
  return 'only1mcp health status; only1mcp doctor servers performance'
}
