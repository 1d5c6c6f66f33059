import type {Outcome} from '../control/contract/events.ts'
import type {CallTrace} from '../mcp/trace-meta.ts'
import type {BlameParty} from '../shared/blame.ts'

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

/** A request that has just come. @param startedAt monotonic milliseconds */
export function openRequest(
  requestId: string,
  startedAt: number,
  client: string,
  httpMethod: string,
  path: string,
): OpenRequest {
  return {
    requestId,
    startedAt,
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
}
