import {type CancelSignal, CancelSource} from '../../mcp/cancel-source.ts'
import type {Clock} from '../../shared/clock.ts'
import {LatencyHistogram, type SparseBuckets} from '../../shared/latency-buckets.ts'

/** How one call came out. */
export interface LoadAnswer {
  /** null where it was answered well; else the JSON-RPC code, `tool error`, or the kind of the failure. */
  readonly code: string | null
  readonly message: string
  /** When the answerer wants to be asked again. */
  readonly retryAfterMs: number | null
}

export interface LoadOptions {
  /** Never rejects. Ends early, with any answer, at `signal`. */
  readonly call: (signal: CancelSignal) => Promise<LoadAnswer>
  readonly durationMs: number
  /** Calls on their way at once, at most. */
  readonly concurrency: number
  /** Calls a second, spread evenly; null for as many as there can be. */
  readonly rate: number | null
  /** How long calls that are on their way at the end may still take. */
  readonly graceMs: number
  readonly clock: Clock
  /** Ends the run early; what was measured stands. */
  readonly signal: AbortSignal
}

export interface LoadError {
  readonly code: string
  readonly count: number
  /** Of the first one. */
  readonly message: string
}

export interface LoadFigures {
  /** Those that were answered, well or not. */
  readonly calls: number
  readonly failed: number
  /** Most frequent first. */
  readonly errors: readonly LoadError[]
  /** Of good answers; with a rate from when each call was due, so that a queue counts. */
  readonly latency: SparseBuckets
  readonly minMs: number
  readonly maxMs: number
  readonly ms: number
  readonly perSecond: number
  /** How long nothing was sent because the answers said so. */
  readonly pausedMs: number
  /** Calls that were due and not sent, since all were on their way or a pause was asked for. */
  readonly missed: number
  /** Ended before its time. */
  readonly stopped: boolean
}

export interface LoadRun {
  readonly done: Promise<LoadFigures>
  /** What is known so far. */
  figures(): LoadFigures
}

/** Sends calls for a while and counts how they fare. */
export function startLoad(options: LoadOptions): LoadRun {
  const {clock, durationMs, rate, signal} = options
  const startedAt = clock.now()
  const endAt = startedAt + durationMs
  const cut = new CancelSource()
  const sleepers = new Set<() => void>()
  const histogram = new LatencyHistogram()
  const errors = new Map<string, {count: number; message: string}>()
  const seen = {calls: 0, failed: 0, minMs: Number.POSITIVE_INFINITY, maxMs: 0, pausedMs: 0, missed: 0}
  let pausedUntil = 0
  let next = startedAt
  let endedAt: number | null = null
  const over = (): boolean => signal.aborted || clock.now() >= endAt

  /** When the next call is due. What lies more than a second behind is given up, and counted. */
  function due(): number {
    if (rate === null) return clock.now()
    const gap = 1000 / rate
    const late = clock.now() - 1000 - next
    if (late > 0) {
      const given = Math.ceil(late / gap)
      seen.missed += given
      next += given * gap
    }
    const at = next
    next += gap
    return at
  }

  async function work(): Promise<void> {
    while (!over()) {
      const at = due()
      if (at >= endAt) return
      const from = Math.max(at, pausedUntil)
      if (from > clock.now()) await sleep(Math.min(from, endAt) - clock.now())
      if (over()) return
      if (pausedUntil > clock.now()) continue
      // A pause that was asked for is not the server's latency.
      const now = clock.now()
      const begun = rate === null || pausedUntil > at || at > now ? now : at
      const answer = await options.call(cut)
      if (cut.aborted && answer.code !== null) {
        if (!signal.aborted) note({...answer, code: 'no answer', message: 'not answered when the time was over'})
        return
      }
      const ms = clock.now() - begun
      if (answer.code === null) {
        seen.calls++
        histogram.record(ms)
        seen.minMs = Math.min(seen.minMs, ms)
        seen.maxMs = Math.max(seen.maxMs, ms)
      } else note(answer)
    }
  }

  function note({code, message, retryAfterMs}: LoadAnswer): void {
    const name = code ?? ''
    seen.calls++
    seen.failed++
    const known = errors.get(name)
    if (known) known.count++
    else errors.set(name, {count: 1, message})
    if (retryAfterMs === null || retryAfterMs <= 0) return
    const until = Math.min(clock.now() + retryAfterMs, endAt)
    if (until <= pausedUntil) return
    seen.pausedMs += until - Math.max(pausedUntil, clock.now())
    pausedUntil = until
  }

  function figures(): LoadFigures {
    const ms = (endedAt ?? clock.now()) - startedAt
    return {
      ...seen,
      minMs: histogram.count === 0 ? 0 : seen.minMs,
      pausedMs: Math.round(seen.pausedMs),
      errors: [...errors].map(([code, error]) => ({code, ...error})).sort((a, b) => b.count - a.count),
      latency: histogram.toSparse(),
      ms: Math.round(ms),
      perSecond: ms <= 0 ? 0 : (seen.calls * 1000) / ms,
      stopped: signal.aborted,
    }
  }

  function sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        clearTimeout(timer)
        sleepers.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, Math.max(0, ms))
      sleepers.add(wake)
    })
  }

  async function run(): Promise<LoadFigures> {
    const stop = (): void => {
      cut.abort()
      for (const wake of sleepers) wake()
    }
    signal.addEventListener('abort', stop, {once: true})
    const grace = setTimeout(stop, durationMs + options.graceMs)
    try {
      await Promise.all(Array.from({length: options.concurrency}, work))
    } finally {
      clearTimeout(grace)
      signal.removeEventListener('abort', stop)
      endedAt = clock.now()
    }
    return figures()
  }

  return {done: run(), figures}
}
