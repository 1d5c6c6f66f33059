import {randomBytes} from 'node:crypto'
import type {BackendConfig, Config} from '../config/schema.ts'
import type {BackendAnswer, Implementation} from '../mcp/connection.ts'
import {type ClientIdentity, parseObject} from '../mcp/handshake.ts'
import {errorValue, notificationMessage} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {Reaper} from '../mcp/reaper.ts'
import type {Redactor} from '../redaction/redactor.ts'
import {secretArguments, tellsSecret} from '../redaction/telling-names.ts'
import type {Clock} from '../shared/clock.ts'
import {Backend} from './backend.ts'
import {backendSnapshot} from './backend-snapshot.ts'
import {Catalogue} from './catalogue.ts'
import type {ClientProfile} from './client-profile.ts'
import {OwnScope, sharedScope} from './client-scope.ts'
import type {EventLog} from './event-log.ts'
import {ListAnnouncer} from './list-announcer.ts'
import {listsChangedBy} from './list-kinds.ts'
import {RequestDetail} from './logging/request-detail.ts'
import type {Services} from './method-call.ts'
import {OwnChildren} from './own-children.ts'
import {ParkedCalls} from './parked-calls.ts'
import {ProfileScopes} from './profile-scopes.ts'
import {RequestStates} from './request-state.ts'
import type {RuntimeLog} from './runtime-log.ts'
import {Session, Sessions} from './sessions.ts'
import {shownServer} from './shown-server.ts'
import {Subscriptions} from './subscriptions.ts'

export interface AssemblyParts {
  readonly config: Config
  readonly instance: string
  readonly clock: Clock
  readonly events: EventLog
  readonly log: RuntimeLog
  readonly redactor: Redactor
  /** How this runtime presents itself to backends, and to clients. */
  readonly identity: ClientIdentity
  readonly server: Implementation
  readonly reaper: Reaper
}

export interface Assembly {
  readonly backends: readonly Backend[]
  readonly catalogue: Catalogue
  readonly sessions: Sessions
  readonly services: Services
  /** Ends everything that clients hold here; the backends are stopped apart. */
  stop(): Promise<void>
}

/** The inside of a runtime, put together: backends, their merged lists, the clients' sessions and connections. */
export function assemble({
  config,
  instance,
  clock,
  events,
  log,
  redactor,
  identity,
  server,
  reaper,
}: AssemblyParts): Assembly {
  const sessions = new Sessions({
    idleTimeoutMs: config.server.session_idle_timeout,
    max: config.server.max_sessions,
    clock,
  })
  const environment = {instance, clock, identity, reaper}
  const subscriptions = new Subscriptions(identity)
  const backends = config.servers.map(
    each =>
      new Backend({
        config: each,
        environment,
        defaultTimeoutMs: config.server.request_timeout,
        target: targetText(each, redactor),
        log: message => log.write(message),
        onChange: backendChanged,
        onConnected: (backend, link) => subscriptions.connected(backend, link),
        onNotification: backendNotified,
      }),
  )
  const catalogue = new Catalogue({backends, listsOf: backend => backend.lists, log: message => log.write(message)})
  const announcer = new ListAnnouncer(
    () => catalogue.current,
    method => sessions.notifyAll(method, null),
  )
  function backendChanged(backend: Backend): void {
    catalogue.invalidate()
    events.emit({type: 'server', server: shownServer(backendSnapshot(backend), redactor)})
    announcer.note()
  }
  function backendNotified(backend: Backend, method: string, params: Buffer | null): void {
    const uri = method === 'notifications/resources/updated' && params ? parseObject(params)?.uri : undefined
    if (typeof uri === 'string' && params) return subscriptions.updated(backend, uri, params)
    if (listsChangedBy(method).length > 0) sessions.notifyAll(method, params)
  }

  const shared = sharedScope(catalogue)
  const ownChildren = new OwnChildren(() => sessions.dropUnused() || profileScopes.dropUnused())
  const ownScope = (profile: ClientProfile, exclusive: boolean, session: () => Session | undefined): OwnScope =>
    new OwnScope({
      backends,
      profile,
      identity,
      exclusive,
      onRequest: async (_, method, params) => session()?.ask(method, params) ?? refuseRequest(method),
      onNotification: (_, method, params) => session()?.notify?.(notificationMessage(method, params)),
      admit: () => ownChildren.admit(),
      log: message => log.write(message),
    })
  const profileScopes = new ProfileScopes(profile => ownScope(profile, true, () => undefined), clock.now)
  const parkedCalls = new ParkedCalls()
  const services: Services = {
    backends,
    sessions,
    subscriptions,
    parkedCalls,
    requestStates: new RequestStates(randomBytes(32)),
    detail: new RequestDetail(log),
    identity,
    server,
    listTimeoutMs: config.server.list_timeout,
    now: clock.now,
    scopeFor: (principal, profile) => (profile.interactive ? profileScopes.for(principal, profile) : shared),
    openSession: opening => {
      const scope = opening.profile.interactive ? ownScope(opening.profile, false, () => session) : shared
      const session: Session = new Session(opening, scope)
      sessions.add(session)
      return session
    },
  }

  const stop = async (): Promise<void> => {
    parkedCalls.stop()
    subscriptions.stop()
    sessions.stop()
    await profileScopes.stop()
  }
  return {backends, catalogue, sessions, services, stop}
}

/** Nobody is there who could be asked: a modern client is only asked during its own call. */
function refuseRequest(method: string): BackendAnswer {
  if (method === 'ping') return {kind: 'result', value: Buffer.from('{}')}
  return {kind: 'error', value: errorValue(rpcCode.methodNotFound, `Method not found: ${method}`)}
}

/** What a server runs or connects to, for people: no user info, no known secret. */
function targetText(config: BackendConfig, redactor: Redactor): string {
  if (config.command !== undefined) {
    const secret = new Set(secretArguments(config.args))
    const shown = config.args.map(argument => {
      const value = [...secret].find(each => argument === each || argument.endsWith(`=${each}`))
      return value === undefined ? argument : `${argument.slice(0, -value.length)}***`
    })
    return redactor.text([config.command, ...shown].join(' '))
  }
  if (config.endpoint === undefined) return '(no transport)'
  const url = new URL(config.endpoint)
  url.username = ''
  url.password = ''
  url.hash = ''
  for (const name of new Set(url.searchParams.keys())) if (tellsSecret(name)) url.searchParams.set(name, '***')
  return redactor.text(url.href)
}
