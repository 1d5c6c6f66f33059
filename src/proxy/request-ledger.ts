import {anonymous} from '../auth/identity.ts'
import type {Clock} from '../shared/clock.ts'
import {LatencyHistogram} from '../shared/latency-buckets.ts'
import {shortText} from '../shared/short-text.ts'
import type {RequestLog} from '../store/request-log.ts'
import type {EventLog} from './event-log.ts'
import type {LogGate} from './logging/log-gates.ts'
import {type OpenRequest, openRequest} from './open-request.ts'
import type {RequestMetrics} from './request-metrics.ts'
import type {RuntimeLog} from './runtime-log.ts'

/** What a client or a backend wrote is kept with the newest events: of a name of megabytes, only its beginning. */
const longestShown = 1024

/** How a request left: what was sent to the client. */
export interface Sent {
  readonly status: number
  readonly bytes: number
}

/**
 * Every request opens once and closes once (design, mechanism 3); `opened - closed` is what is in flight. Closing writes
 * the access line, counts, and tells the consoles.
 */
export class RequestLedger {
  readonly latency = new LatencyHistogram()
  readonly #prefix: string
  readonly #clock: Clock
  readonly #log: RuntimeLog
  readonly #gate: LogGate
  readonly #events: EventLog
  readonly #metrics: RequestMetrics
  readonly #requestLog: RequestLog | null
  #opened = 0
  #closed = 0
  #errors = 0
  readonly #open = new Set<OpenRequest>()

  constructor(
    instance: string,
    parts: {
      clock: Clock
      log: RuntimeLog
      events: EventLog
      metrics: RequestMetrics
      requestLog: RequestLog | null
    },
  ) {
    this.#prefix = `${instance}-`
    this.#clock = parts.clock
    this.#log = parts.log
    this.#gate = parts.log.gate('proxy')
    this.#events = parts.events
    this.#metrics = parts.metrics
    this.#requestLog = parts.requestLog
  }

  get opened(): number {
    return this.#opened
  }

  get closed(): number {
    return this.#closed
  }

  get inFlight(): number {
    return this.#opened - this.#closed
  }

  get errors(): number {
    return this.#errors
  }

  /** Milliseconds on the clock of `startedAt`. */
  now(): number {
    return this.#clock.now()
  }

  /** Those under way for the longest time. */
  oldestOpen(limit: number): readonly OpenRequest[] {
    const oldest: OpenRequest[] = []
    // A Set keeps the order in which they were opened.
    for (const request of this.#open) {
      if (oldest.length === limit) break
      oldest.push(request)
    }
    return oldest
  }

  /** The id of the one request that is at a server; null where there is none, or where it cannot be told which. */
  onlyAt(serverId: string): string | null {
    let only: string | null = null
    for (const request of this.#open) {
      if (request.serverId !== serverId) continue
      if (only !== null) return null
      only = request.requestId
    }
    return only
  }

  open(client: string, httpMethod: string, path: string): OpenRequest {
    const request = openRequest(this.#prefix + ++this.#opened, this.#clock.now(), client, httpMethod, path)
    this.#open.add(request)
    return request
  }

  /** Ends a request; a second time does nothing. */
  close(request: OpenRequest, sent: Sent): void {
    if (!this.#open.delete(request)) return
    this.#closed++
    const now = this.#clock.now()
    const openMs = now - request.startedAt
    const firstByteMs = (request.firstByteAt ?? now) - request.startedAt
    const failed = request.outcome === 'error' || request.outcome === 'ambiguous'
    if (failed) this.#errors++
    if (request.method !== null) {
      this.latency.record(openMs)
      this.#metrics.record(request.method, request.outcome, request.serverId, openMs)
    }
    const at = this.#events.now()
    this.#log.access({
      at,
      requestId: request.requestId,
      client: request.client,
      httpMethod: request.httpMethod,
      target: request.target,
      status: sent.status,
      responseBytes: sent.bytes,
      firstByteMs,
      pairs: {
        server_id: request.serverId ?? undefined,
        trace_id: request.traceId === '' ? undefined : request.traceId,
        user: known(request.principal),
        cache: request.cache ?? undefined,
        blame: request.blame ?? undefined,
        code: request.code ?? undefined,
        outcome: request.outcome,
        attempts: request.attempts > 1 ? request.attempts : undefined,
        open_ms: openMs - firstByteMs >= 10 ? Number(openMs.toFixed(3)) : undefined,
      },
    })
    this.#requestLog?.record({
      requestId: request.requestId,
      instance: this.#events.instance,
      timestamp: at,
      method: request.method,
      target: request.target,
      serverId: request.serverId,
      status: sent.status,
      outcome: request.outcome,
      code: request.code,
      durationMs: openMs,
      requestBytes: request.requestBytes,
      responseBytes: sent.bytes,
      principal: request.principal,
      traceId: request.traceId === '' ? null : request.traceId,
      cache: request.cache,
      blame: request.blame,
      attempts: request.attempts,
    })
    if (this.#gate.debug || request.debug) {
      this.#log.write({
        level: 'DEBUG',
        module: 'proxy',
        kind: 'RequestClosed',
        message: 'request ended',
        requestId: request.requestId,
        pairs: {
          target: request.target,
          status: sent.status,
          bytes: sent.bytes,
          first_byte_ms: Number(firstByteMs.toFixed(3)),
          open_ms: Number(openMs.toFixed(3)),
          outcome: request.outcome,
          trace_id: request.traceId,
        },
        always: request.debug,
      })
    }
    if (failed) {
      this.#log.write({
        // What a client did wrong is no error of this installation.
        level: request.blame === 'client' ? 'WARN' : 'ERROR',
        module: 'proxy',
        kind: request.kind ?? 'RequestFailed',
        message: 'request failed',
        requestId: request.requestId,
        pairs: {
          target: request.target,
          server_id: request.serverId ?? undefined,
          client: request.blame === 'client' ? request.client : undefined,
          user: known(request.principal),
          code: request.code,
          blame: request.blame,
          error: request.message,
          trace_id: request.traceId === '' ? undefined : request.traceId,
        },
      })
    }
    this.#events.emitRequest({
      requestId: request.requestId,
      client: request.client,
      httpMethod: request.httpMethod,
      target: shortText(request.target, longestShown),
      status: sent.status,
      responseBytes: sent.bytes,
      cache: request.cache,
      durationMs: openMs,
      serverId: request.serverId,
      traceId: request.traceId,
      outcome: request.outcome,
      code: request.code,
      blame: request.blame,
      message: request.message === null ? null : shortText(request.message, longestShown),
    })
  }
}

/** Of somebody without a name there is nothing to say. */
function known(principal: string | null): string | undefined {
  return principal === null || principal === anonymous ? undefined : principal
}
