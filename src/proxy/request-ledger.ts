import {anonymous} from '../auth/identity.ts'
import type {Outcome} from '../control/contract/events.ts'
import type {CallTrace} from '../mcp/trace-meta.ts'
import type {BlameParty} from '../shared/blame.ts'
import type {Clock} from '../shared/clock.ts'
import {LatencyHistogram} from '../shared/latency-buckets.ts'
import {shortText} from '../shared/short-text.ts'
import type {RequestLog} from '../store/request-log.ts'
import type {EventLog} from './event-log.ts'
import type {LogGate} from './logging/log-gates.ts'
import type {RequestMetrics} from './request-metrics.ts'
import type {RuntimeLog} from './runtime-log.ts'

/** What becomes known of a request on its way; read once, when it ends. */
export interface OpenRequest {
  readonly requestId: string
  readonly startedAt: number
  readonly client: string
  readonly httpMethod: string
  traceId: string
  clientTraced: boolean
  trace: CallTrace | null
  /** What the server took, where detail is told of. */
  serverMs: number | null
  /** The client asked for detail of this request, and may have it. */
  debug: boolean
  /** The MCP method, or null for other paths. */
  method: string | null
  /** `tools/call:github__search`, or the path. */
  target: string
  serverId: string | null
  outcome: Outcome
  /** One word for the log: `BackendTimeout` … */
  kind: string | null
  code: number | null
  blame: BlameParty | null
  message: string | null
  firstByteAt: number | null
  /** Of the body, as far as it was read. */
  requestBytes: number
  /** Null where nobody asked who it is. */
  principal: string | null
  /** `hit`, `miss` …; null where no cache was asked. */
  cache: string | null
  /** How often it was sent to a server. */
  attempts: number
}

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

  open(client: string, httpMethod: string, path: string): OpenRequest {
    const request: OpenRequest = {
      requestId: this.#prefix + ++this.#opened,
      startedAt: this.#clock.now(),
      client,
      httpMethod,
      traceId: '',
      clientTraced: false,
      trace: null,
      serverMs: null,
      debug: false,
      method: null,
      target: path,
      serverId: null,
      outcome: 'answered',
      kind: null,
      code: null,
      blame: null,
      message: null,
      firstByteAt: null,
      requestBytes: 0,
      principal: null,
      cache: null,
      attempts: 0,
    }
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
