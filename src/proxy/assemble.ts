import type {BackendConfig, Config} from '../config/schema.ts'
import type {BackendAnswer, Implementation} from '../mcp/connection.ts'
import {type ClientIdentity, parseObject} from '../mcp/handshake.ts'
import {errorValue, notificationMessage} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {Reaper} from '../mcp/reaper.ts'
import type {LearningRedactor} from '../redaction/known-values.ts'
import type {Redactor} from '../redaction/redactor.ts'
import {secretArguments, tellsSecret} from '../redaction/telling-names.ts'
import type {Clock} from '../shared/clock.ts'
import {shortText} from '../shared/short-text.ts'
import type {BreakerRow} from '../store/breaker-states.ts'
import type {HealthHistory} from '../store/health-history.ts'
import {Backend} from './backend.ts'
import {backendSnapshot} from './backend-snapshot.ts'
import {balancers} from './balance/balancers.ts'
import {Catalogue} from './catalogue.ts'
import type {ClientProfile} from './client-profile.ts'
import {OwnScope, sharedScope} from './client-scope.ts'
import type {EventLog} from './event-log.ts'
import {HealthNotes} from './health-notes.ts'
import {ListAnnouncer} from './list-announcer.ts'
import {listsChangedBy} from './list-kinds.ts'
import {RequestDetail} from './logging/request-detail.ts'
import type {Services} from './method-call.ts'
import {type Naming, namingOf} from './names.ts'
import {OwnChildren} from './own-children.ts'
import {ParkedCalls} from './parked-calls.ts'
import {Prober} from './probe/prober.ts'
import {ProfileScopes} from './profile-scopes.ts'
import {RequestStates} from './request-state.ts'
import type {Transition} from './resilience/breaker.ts'
import {breakerSettingsOf, httpPoolOf, loadBalancerOf, poolOf} from './resilience/settings.ts'
import {StallWatch} from './resilience/stall-watch.ts'
import type {RuntimeLog} from './runtime-log.ts'
import {groupsOf} from './server-group.ts'
import {Session} from './session.ts'
import {Sessions} from './sessions.ts'
import {joinInstances} from './shared/join-instances.ts'
import {SessionIds, type SessionOpening} from './shared/session-ids.ts'
import {keyFor, type SessionKeys} from './shared/session-keys.ts'
import type {SharedState} from './shared/shared-state.ts'
import {shownServer} from './shown-server.ts'
import {Subscriptions} from './subscriptions.ts'

export interface AssemblyParts {
  readonly config: Config
  readonly instance: string
  readonly clock: Clock
  readonly events: EventLog
  readonly log: RuntimeLog
  readonly redactor: LearningRedactor
  readonly stateDir: string
  /** How this runtime presents itself to backends, and to clients. */
  readonly identity: ClientIdentity
  readonly server: Implementation
  readonly reaper: Reaper
  /** What breakers were when an earlier process ended, and where their changes are kept. */
  readonly breakers: {readonly saved: readonly BreakerRow[]; readonly save: (row: BreakerRow) => void}
  /** Where changes of a server's status, and its probes, are kept. */
  readonly health: HealthHistory | null
  /** What session ids and request states are signed with. */
  readonly keys: SessionKeys
  /** Where there are other instances. */
  readonly shared: SharedState | undefined
}

export interface Assembly {
  readonly backends: readonly Backend[]
  readonly catalogue: Catalogue
  readonly sessions: Sessions
  readonly services: Services
  readonly prober: Prober
  /** Ends everything that clients hold here; the backends are stopped apart. */
  stop(): Promise<void>
}

const breakerNews = {
  open: {level: 'WARN', kind: 'BreakerOpened', message: 'calls to the server are refused for a while'},
  half_open: {level: 'INFO', kind: 'BreakerHalfOpen', message: 'a few calls are let through to the server'},
  closed: {level: 'INFO', kind: 'BreakerClosed', message: 'calls to the server are let through again'},
} as const

/** The inside of a runtime, put together: backends, their merged lists, the clients' sessions and connections. */
export function assemble(parts: AssemblyParts): Assembly {
  const {config, instance, clock, events, log, redactor, identity, server, reaper, health} = parts
  const maxAgeMs = config.server.session_max_age
  const ids = new SessionIds(keyFor(parts.keys, 'session id'), instance, maxAgeMs, clock.wallMs)
  const sessions = new Sessions({
    idleTimeoutMs: config.server.session_idle_timeout,
    max: config.server.max_sessions,
    maxAgeMs,
    clock,
    readId: (id, principal) => ids.read(id, principal),
    make: newSession,
  })
  const {max_per_backend, max_queue} = poolOf(config)
  const environment = {
    instance,
    clock,
    identity,
    reaper,
    pool: httpPoolOf(config),
    stateDir: parts.stateDir,
    learnSecret: redactor.learn,
  }
  const balancing = loadBalancerOf(config)
  const guard = {breaker: breakerSettingsOf(config), maxInFlight: max_per_backend, maxQueue: max_queue}
  const stalls = new StallWatch(clock.now)
  const namings = new Map<string, Naming>()
  for (const each of config.servers) {
    const id = each.group ?? each.id
    if (!namings.has(id)) namings.set(id, namingOf(each))
  }
  const subscriptions = new Subscriptions(identity)
  const backends = config.servers.map(
    each =>
      new Backend({
        config: each,
        environment,
        naming: namings.get(each.group ?? each.id) ?? namingOf(each),
        guard,
        stalls,
        slowStartMs: balancing.slow_start,
        defaultTimeoutMs: config.server.request_timeout,
        target: targetText(each, redactor),
        log: message => log.write(message),
        onChange: backendChanged,
        onConnected: (backend, link) => subscriptions.connected(backend, link),
        onBreaker: breakerChanged,
        onHeard: (backend, method) => others?.news.announced(backend, method),
        onNotification: backendNotified,
      }),
  )
  for (const row of parts.breakers.saved) backends.find(({id}) => id === row.serverId)?.breaker.restore(row)
  const groups = groupsOf(backends, () =>
    balancers[balancing.algorithm]({random: Math.random, virtualNodes: balancing.virtual_nodes}),
  )
  const prober = new Prober({backends, identity, clock, record: row => health?.record(row)})
  const catalogue = new Catalogue({groups, listsOf: backend => backend.lists, log: message => log.write(message)})
  const announcer = new ListAnnouncer(
    () => catalogue.current,
    method => sessions.notifyAll(method, null),
  )
  const healthNotes = new HealthNotes(health, () => events.now())
  function backendChanged(backend: Backend): void {
    catalogue.invalidate()
    const server = shownServer(backendSnapshot(backend), redactor)
    events.emit({type: 'server', server})
    healthNotes.note(server)
    announcer.note()
  }
  function breakerChanged(backend: Backend, {from, to, why}: Transition): void {
    parts.breakers.save(backend.breaker.row(backend.id))
    const {kind, level, message} = breakerNews[to]
    const retry_after_ms = to === 'open' ? backend.breaker.retryAfterMs : undefined
    const pairs = {server_id: backend.id, from, to, why, failures: backend.breaker.failures, retry_after_ms}
    log.write({level, module: 'breaker', kind, message, pairs})
    if (to === 'open') others?.news.opened(backend)
    events.emit({type: 'breaker', serverId: backend.id, from, to, why: shortText(redactor.text(why), 1024)})
    events.emit({type: 'server', server: shownServer(backendSnapshot(backend), redactor)})
  }
  function backendNotified(backend: Backend, method: string, params: Buffer | null): void {
    const uri = method === 'notifications/resources/updated' && params ? parseObject(params)?.uri : undefined
    if (typeof uri === 'string' && params) return subscriptions.updated(backend, uri, params)
    if (listsChangedBy(method).length > 0) sessions.notifyAll(method, params)
  }

  const shared = sharedScope(catalogue)
  const ownChildren = new OwnChildren(
    () => sessions.dropUnused() || profileScopes.dropUnused(),
    config.server.max_client_processes,
  )
  const ownScope = (profile: ClientProfile, exclusive: boolean, session: () => Session | undefined): OwnScope =>
    new OwnScope({
      groups,
      profile,
      identity,
      exclusive,
      onRequest: async (_, method, params) => session()?.ask(method, params) ?? refuseRequest(method),
      onNotification: (_, method, params) => void session()?.tell(notificationMessage(method, params)),
      admit: () => ownChildren.admit(),
      log: message => log.write(message),
    })
  const profileScopes = new ProfileScopes(profile => ownScope(profile, true, () => undefined), clock.now)
  const parkedCalls = new ParkedCalls()
  const services: Services = {
    backends,
    groups,
    sessionAffinity: balancing.session_affinity,
    sessions,
    subscriptions,
    parkedCalls,
    requestStates: new RequestStates(keyFor(parts.keys, 'request state')),
    detail: new RequestDetail(log),
    identity,
    server,
    listTimeoutMs: config.server.list_timeout,
    now: clock.now,
    scopeFor: (principal, profile) => (profile.interactive ? profileScopes.for(principal, profile) : shared),
    openSession: opening => {
      const session = newSession(ids.issue(opening), opening)
      sessions.add(session)
      return session
    },
  }
  function newSession(id: string, opening: SessionOpening): Session {
    const scope = opening.profile.interactive ? ownScope(opening.profile, false, () => session) : shared
    const session: Session = new Session(id, opening, scope)
    return session
  }
  const others = parts.shared && joinInstances(parts.shared, {sessions, services, scope: shared})

  const stop = async (): Promise<void> => {
    prober.stop()
    stalls.stop()
    others?.stop()
    parkedCalls.stop()
    subscriptions.stop()
    sessions.stop()
    await profileScopes.stop()
  }
  return {backends, catalogue, sessions, services, prober, stop}
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
