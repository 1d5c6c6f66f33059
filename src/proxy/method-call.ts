import type {Implementation} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import type {Catalogue} from './catalogue.ts'
import type {Reply} from './reply.ts'
import type {RequestContext} from './request-context.ts'
import type {OpenRequest} from './request-ledger.ts'
import type {Sessions} from './sessions.ts'

/** What the methods work with. */
export interface Services {
  readonly catalogue: Catalogue
  readonly sessions: Sessions
  readonly identity: ClientIdentity
  readonly server: Implementation
  readonly listTimeoutMs: number
  readonly now: () => number
}

/** One request of a client, on its way through the proxy. */
export interface MethodCall {
  readonly context: RequestContext
  readonly method: string
  readonly params: Buffer | null
  readonly record: OpenRequest
  readonly reply: Reply
  readonly services: Services
}

export interface MethodAnswer {
  readonly kind: 'result' | 'error'
  readonly value: Buffer
  readonly headers?: Readonly<Record<string, string>>
}
