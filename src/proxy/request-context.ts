import type {CancelSignal} from '../mcp/cancel-source.ts'
import type {Era} from '../mcp/protocol.ts'

/** What every layer of the proxy knows of the request it serves. */
export interface RequestContext {
  /** `<instance>-<counter>`, ours alone, never the client's. */
  readonly requestId: string
  readonly traceId: string
  readonly principal: string
  readonly era: Era
  /** Of a modern request that wants log messages. */
  readonly logLevel: string | null
  /** Monotonic milliseconds, as of the clock's `now`. */
  readonly deadline: number
  /** Aborts when the client has gone (where its era says that this cancels) or cancelled. */
  readonly signal: CancelSignal
}
