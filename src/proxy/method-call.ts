import type {Implementation} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import type {Backend} from './backend.ts'
import type {ClientProfile} from './client-profile.ts'
import type {ClientScope} from './client-scope.ts'
import type {RequestDetail} from './logging/request-detail.ts'
import type {OpenRequest} from './open-request.ts'
import type {ParkedCalls} from './parked-calls.ts'
import type {Replying} from './reply.ts'
import type {RequestContext} from './request-context.ts'
import type {RequestStates} from './request-state.ts'
import type {ServerGroup, Target} from './server-group.ts'
import type {Session} from './session.ts'
import type {Sessions} from './sessions.ts'
import type {SessionOpening} from './shared/session-ids.ts'
import type {Subscriptions} from './subscriptions.ts'

/** What the methods work with. */
export interface Services {
  readonly backends: readonly Backend[]
  readonly groups: readonly ServerGroup[]
  /** Legacy sessions stay with the legacy member of a group that they met first. */
  readonly sessionAffinity: boolean
  readonly sessions: Sessions
  readonly subscriptions: Subscriptions
  readonly parkedCalls: ParkedCalls
  readonly requestStates: RequestStates
  /** What the log says of single requests at `debug` and `trace`. */
  readonly detail: RequestDetail
  /** How this runtime presents itself to backends, and to clients. */
  readonly identity: ClientIdentity
  readonly server: Implementation
  /** Undefined where no answer is kept or shared. */
  readonly cache?: CallCache | undefined
  readonly listTimeoutMs: number
  /** Resources that one client may watch. */
  readonly maxSubscriptions: number
  readonly now: () => number
  /** The connections for a client of this kind: shared ones, or its own where it can be asked things. */
  readonly scopeFor: (principal: string, profile: ClientProfile) => ClientScope
  /** Opens what a new session needs of its own. */
  readonly openSession: (opening: SessionOpening) => Session
}

/** One request of a client, on its way through the proxy. */
export interface MethodCall {
  readonly context: RequestContext
  readonly method: string
  readonly params: Buffer | null
  /** The raw bytes of the request's id. */
  readonly id: Buffer
  readonly record: OpenRequest
  readonly reply: Replying
  /** Of a legacy client that has one. */
  readonly session: Session | null
  readonly profile: ClientProfile
  readonly scope: ClientScope
  /** `Mcp-Param-…` headers, lower case. */
  readonly paramHeaders: Readonly<Record<string, string>>
  readonly services: Services
  /** Told of a result as the server sent it, before it is made fit for this client. */
  readonly onResult?: (backend: Backend, era: 'legacy' | 'modern', result: Buffer) => void
}

/** Answers that are kept, or shared between calls. */
export interface CallCache {
  /** The answer to a call: what is known of it, else what `send` brings. */
  answer(
    call: MethodCall,
    targets: readonly Target[],
    send: (call: MethodCall) => Promise<MethodAnswer>,
  ): MethodAnswer | Promise<MethodAnswer>
  /** A list is answered from the merged lists. @param complete no server had to be waited for */
  listed(call: MethodCall, complete: boolean): void
}

export interface MethodAnswer {
  readonly kind: 'result' | 'error'
  readonly value: Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** HTTP status of an error whose own it is (modern era). */
  readonly status?: number
}

export type Method = (call: MethodCall) => MethodAnswer | Promise<MethodAnswer>

export function jsonResult(value: object): MethodAnswer {
  return {kind: 'result', value: Buffer.from(JSON.stringify(value))}
}
