import type {BackendAnswer} from '../mcp/connection.ts'
import {type ClientIdentity, parseObject} from '../mcp/handshake.ts'
import {errorValue, notificationMessage} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {Backend} from './backend.ts'
import type {Catalogue} from './catalogue.ts'
import type {ClientProfile} from './client-profile.ts'
import {type ClientScope, OwnScope, sharedScope} from './client-scope.ts'
import {reachesLevel} from './mcp-log-levels.ts'
import {OwnChildren} from './own-children.ts'
import {ProfileScopes} from './profile-scopes.ts'
import type {LogMessage} from './runtime-log.ts'
import type {ServerGroup} from './server-group.ts'
import type {Session} from './session.ts'
import {tellLogLevel} from './tell-log-level.ts'

export interface ClientScopesOptions {
  readonly identity: ClientIdentity
  readonly catalogue: Catalogue
  readonly maxProcesses: number
  /** Ends the session that was not used for longest; false where all are in use. */
  readonly dropSession: () => boolean
  readonly now: () => number
  readonly log: (message: LogMessage) => void
}

/** Which client goes over which connections: those that all share, or its own where it can be asked things. */
export class ClientScopes {
  readonly shared: ClientScope
  readonly #options: ClientScopesOptions
  readonly #own = new Set<OwnScope>()
  readonly #profiles: ProfileScopes
  readonly #children: OwnChildren
  #groups: readonly ServerGroup[] = []

  constructor(options: ClientScopesOptions) {
    this.#options = options
    this.shared = sharedScope(options.catalogue)
    this.#profiles = new ProfileScopes(profile => this.#open(profile, true, () => undefined), options.now)
    this.#children = new OwnChildren(() => options.dropSession() || this.#profiles.dropUnused(), options.maxProcesses)
  }

  /** Of a client without a session. */
  for(principal: string, profile: ClientProfile): ClientScope {
    return profile.interactive ? this.#profiles.for(principal, profile) : this.shared
  }

  /** @param session what servers ask and tell outside of a call goes to, once it is made */
  ofSession(profile: ClientProfile, session: () => Session): ClientScope {
    return profile.interactive ? this.#open(profile, false, session) : this.shared
  }

  /** Those that there are too many of now end by themselves. */
  configure(maxProcesses: number): void {
    this.#children.configure(maxProcesses)
  }

  /** Other servers from now on. */
  regroup(groups: readonly ServerGroup[]): void {
    this.#groups = groups
    for (const scope of this.#own) scope.regroup(groups)
  }

  /** Ends all clients' own connections to a server that is no longer there. */
  async leave(backend: Backend): Promise<void> {
    await Promise.all([...this.#own].map(scope => scope.leave(backend)))
  }

  stop(): Promise<void> {
    return this.#profiles.stop()
  }

  #open(profile: ClientProfile, exclusive: boolean, session: () => Session | undefined): OwnScope {
    const {identity, log} = this.#options
    const scope: OwnScope = new OwnScope({
      groups: this.#groups,
      profile,
      identity,
      exclusive,
      onRequest: async (method, params, question) => session()?.ask(method, params, question) ?? refuseRequest(method),
      onNotification: (backend, method, params) => {
        const to = session()
        if (method === 'notifications/resources/updated') {
          const uri = params && parseObject(params)?.uri
          // What was watched may be kept back since.
          const offered = typeof uri === 'string' && backend.rules.offered('resources', uri) !== undefined
          if (params && offered) to?.ownSubscriptions.updated(backend, uri, params)
          return
        }
        if (method === 'notifications/message' && !reachesLevel(params, to?.logLevel)) return
        to?.tell(notificationMessage(method, params))
      },
      onLink: (backend, link) => {
        const level = session()?.logLevel
        if (level !== undefined) void tellLogLevel(backend, link, level)
      },
      admit: () => this.#children.admit(),
      log,
      onClosed: () => this.#own.delete(scope),
    })
    this.#own.add(scope)
    return scope
  }
}

/** Nobody is there who could be asked: a modern client is only asked during its own call. */
function refuseRequest(method: string): BackendAnswer {
  if (method === 'ping') return {kind: 'result', value: Buffer.from('{}')}
  return {kind: 'error', value: errorValue(rpcCode.methodNotFound, `Method not found: ${method}`)}
}
