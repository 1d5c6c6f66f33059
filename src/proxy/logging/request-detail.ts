import type {IncomingMessage} from 'node:http'
import type {BackendAnswer} from '../../mcp/connection.ts'
import {shownUri} from '../../redaction/formats.ts'
import type {LogPairs} from '../../shared/log-line.ts'
import type {Merged} from '../catalogue.ts'
import type {ListKind} from '../list-kinds.ts'
import type {OpenRequest} from '../open-request.ts'
import type {Outgoing} from '../outgoing.ts'
import type {RequestContext} from '../request-context.ts'
import type {LogMessage, RuntimeLog} from '../runtime-log.ts'
import type {LogGate} from './log-gates.ts'

/** What of a request's way through the proxy is described. */
export interface DescribedCall {
  readonly context: RequestContext
  readonly method: string
  readonly params: Buffer | null
  readonly record: OpenRequest
  readonly session: object | null
  readonly services: {readonly now: () => number}
}

/**
 * What `debug` and `trace` say of single requests: which server was chosen and how long each part took. Never params,
 * results or values of headers, where secrets stand. Callers ask `debugs` first, so that nothing is built when it is off.
 */
export class RequestDetail {
  readonly #write: (message: LogMessage) => void
  readonly #gate: LogGate

  constructor(log: RuntimeLog) {
    this.#write = message => log.write(message)
    this.#gate = log.gate('proxy')
  }

  debugs(record: OpenRequest): boolean {
    return this.#gate.debug || record.debug
  }

  traces(record: OpenRequest): boolean {
    return this.#gate.trace || record.debug
  }

  /** The envelope was read. */
  read(call: DescribedCall, request: IncomingMessage, bodyBytes: number): void {
    const {context, record, session, services} = call
    this.#say('DEBUG', record, 'RequestRead', 'request read', {
      method: call.method,
      era: context.era,
      session: session !== null,
      body_bytes: bodyBytes,
      since_open_ms: rounded(services.now() - record.startedAt),
    })
    this.#headers(record, request, {
      params_bytes: call.params?.length ?? 0,
      deadline_ms: rounded(context.deadline - services.now()),
    })
  }

  /** A request that is no MCP message. */
  asked(record: OpenRequest, request: IncomingMessage, nowMs: number): void {
    this.#say('DEBUG', record, 'RequestRead', 'request read', {
      path: record.target,
      since_open_ms: rounded(nowMs - record.startedAt),
    })
    this.#headers(record, request, {})
  }

  /** Which servers a merged list came without. */
  listed(record: OpenRequest, kind: ListKind, {lists, absent, stale}: Merged, nowMs: number): void {
    this.#say('DEBUG', record, 'Listed', 'lists of the servers are merged', {
      list: kind,
      entries: lists[kind].count,
      bytes: lists[kind].elements.length,
      absent: absent.join(',') || undefined,
      stale: stale.join(',') || undefined,
      since_open_ms: rounded(nowMs - record.startedAt),
    })
  }

  /** Describes one exchange with a backend from both ends. */
  async around<T extends Pick<BackendAnswer, 'kind' | 'value'>>(
    call: DescribedCall,
    {backend, name, params}: Outgoing,
    exchange: () => Promise<T>,
  ): Promise<T> {
    const {record, services} = call
    const startedAt = services.now()
    this.#say('DEBUG', record, 'Routed', 'server chosen', {
      server_id: backend.id,
      name: name && shownUri(name),
      status: backend.status,
      server_era: backend.info?.era,
      timeout_ms: backend.timeoutMs,
    })
    if (this.traces(record)) {
      this.#say('TRACE', record, 'Sending', 'request goes to the server', {
        server_id: backend.id,
        params_bytes: params?.length ?? 0,
        pid: backend.link?.connection.pid ?? undefined,
      })
    }
    try {
      const answer = await exchange()
      const serverMs = rounded(services.now() - startedAt)
      record.serverMs = serverMs
      this.#say('DEBUG', record, 'ServerAnswered', 'server answered', {
        server_id: backend.id,
        answer: answer.kind,
        bytes: answer.value.length,
        server_ms: serverMs,
      })
      return answer
    } catch (error) {
      this.#say('DEBUG', record, 'ServerFailed', 'no answer from the server', {
        server_id: backend.id,
        kind: error instanceof Error && 'kind' in error ? String(error.kind) : 'Unexpected',
        server_ms: rounded(services.now() - startedAt),
      })
      throw error
    }
  }

  #headers(record: OpenRequest, request: IncomingMessage, more: LogPairs): void {
    if (!this.traces(record)) return
    const names = Object.keys(request.headers).join(',')
    this.#say('TRACE', record, 'RequestHeaders', 'header names of the request', {names, ...more})
  }

  #say(level: 'DEBUG' | 'TRACE', record: OpenRequest, kind: string, message: string, pairs: LogPairs): void {
    this.#write({
      level,
      module: 'proxy',
      kind,
      message,
      requestId: record.requestId,
      pairs: {...pairs, trace_id: record.traceId},
      always: record.debug,
    })
  }
}

function rounded(ms: number): number {
  return Number(ms.toFixed(3))
}
