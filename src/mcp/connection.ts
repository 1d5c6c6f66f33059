import type {CallFailure} from './call-failure.ts'
import type {CancelSignal} from './cancel-source.ts'
import type {Era} from './protocol.ts'
import type {CallTrace} from './trace-meta.ts'

/** One request to a backend. Params travel as the bytes that came. */
export interface BackendCall {
  readonly method: string
  /** A JSON object, or null for none. */
  readonly params: Buffer | null
  /** From now on, in milliseconds. */
  readonly timeoutMs: number
  /** Aborting cancels the call at the backend, in the way of its era. */
  readonly signal?: CancelSignal
  /** Name or URI for the `Mcp-Name` header of the modern HTTP transport. */
  readonly name?: string | undefined
  /** Further headers of the modern HTTP transport: `Mcp-Param-…`. */
  readonly headers?: Readonly<Record<string, string>>
  /** The trace that it belongs to, where there is one to tell of. */
  readonly trace?: CallTrace | null
  /** Notifications that belong to this call (progress, log messages). */
  readonly onNotification?: (method: string, params: Buffer | null) => void
  /** A subscription rather than a question: what the backend says without naming a call is not about it. */
  readonly standing?: boolean
  /** The backend asks something that belongs to this call (sampling, elicitation, roots); its time stands still then. */
  readonly onServerRequest?: ServerRequestHandler | undefined
}

/** The backend's own answer: the raw JSON of `result` or `error`. */
export interface BackendAnswer {
  readonly kind: 'result' | 'error'
  readonly value: Buffer
  /** HTTP status of an error that came with one of its own (modern era). */
  readonly status?: number
}

/** A request of a backend that has no answer yet. */
export interface OpenQuestion {
  /** Aborted when nobody waits for the answer any more: the backend withdrew it, or has gone. */
  readonly signal: CancelSignal
  /** Tells the backend how far the answer is (`notifications/progress`), in its own progress token. */
  readonly progress: (params: Buffer) => void
}

/** A request of the backend to us (legacy era): answered with raw JSON of the result or error. */
export type ServerRequestHandler = (
  method: string,
  params: Buffer | null,
  question: OpenQuestion,
) => Promise<BackendAnswer>

export interface ConnectionEvents {
  /** A request that belongs to no call, or to none that wants it. */
  readonly onRequest: ServerRequestHandler
  /** A notification that belongs to no call, such as `notifications/tools/list_changed`. */
  readonly onNotification: (method: string, params: Buffer | null) => void
  /** Something odd that hurts nobody: garbage on stdout, an answer to no question. One word and details. */
  readonly onOddity: (kind: string, detail: string) => void
}

export interface Implementation {
  readonly name: string
  readonly version: string
}

/** What the handshake told. */
export interface BackendInfo {
  readonly era: Era
  readonly protocolVersion: string
  readonly implementation: Implementation | null
  /** Parsed `capabilities` of the backend. */
  readonly capabilities: Readonly<Record<string, unknown>>
  readonly instructions: string | null
}

/** A way to one backend, whatever it speaks; made by `openStdio` or `openHttp`, handshake included. */
export interface BackendConnection {
  readonly info: BackendInfo
  /** The child's pid; null for a remote one. */
  readonly pid: number | null
  /** All calls share one stream of messages: which of several calls the backend asks about cannot be told. */
  readonly multiplexed: boolean
  /** @throws CallFailure unless the backend answered */
  call(call: BackendCall): Promise<BackendAnswer>
  notify(method: string, params: Buffer | null): void
  /** Resolves, never rejects, when the connection is over for whatever reason; with why, unless `close` was asked for. */
  readonly closed: Promise<CallFailure | null>
  /** Ends it within about `graceMs`; a second call waits for the first. */
  close(graceMs: number): Promise<void>
}
