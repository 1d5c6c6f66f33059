import {isDeepStrictEqual} from 'node:util'
import type {Config} from '../config/schema.ts'
import type {BackendAnswer, Implementation} from '../mcp/connection.ts'
import {type ClientIdentity, parseObject} from '../mcp/handshake.ts'
import {errorValue, notificationMessage} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {Reaper} from '../mcp/reaper.ts'
import type {KnownValues} from '../redaction/known-values.ts'
import type {Clock} from '../shared/clock.ts'
import {shortText} from '../shared/short-text.ts'
import type {BreakerRow} from '../store/breaker-states.ts'
import type {HealthHistory} from '../store/health-history.ts'
import {Backend} from './backend.ts'
import {type BackendSettings, backendSettings} from './backend-settings.ts'
import {backendSnapshot} from './backend-snapshot.ts'
import {balancers} from './balance/balancers.ts'
import type {LiveCache} from './cache/live-cache.ts'
import {Catalogue} from './catalogue.ts'
import type {ClientProfile} from './client-profile.ts'
import {OwnScope, sharedScope} from './client-scope.ts'
import type {EventLog} from './event-log.ts'
import {HealthNotes} from './health-notes.ts'
import {ListAnnouncer} from './list-announcer.ts'
import {allListKinds, listKinds, listsChangedBy} from './list-kinds.ts'
import {RequestDetail} from './logging/request-detail.ts'
import type {Services} from './method-call.ts'
import {OwnChildren} from './own-children.ts'
import {ParkedCalls} from './parked-calls.ts'
import {Prober} from './probe/prober.ts'
import {ProfileScopes} from './profile-scopes.ts'
import {handOver} from './reload/hand-over.ts'
import {retire} from './reload/retire.ts'
import {type Member, planServers, type ServerPlan} from './reload/server-plan.ts'
import {RequestStates} from './request-state.ts'
import type {Transition} from './resilience/breaker.ts'
import {loadBalancerOf} from './resilience/settings.ts'
import {StallWatch} from './resilience/stall-watch.ts'
import type {RuntimeLog} from './runtime-log.ts'
import {groupsOf, type ServerGroup} from './server-group.ts'
import {Session} from './session.ts'
import {Sessions} from './sessions.ts'
import {joinInstances} from './shared/join-instances.ts'
import {SessionIds, type SessionOpening} from './shared/session-ids.ts'
import {keyFor, type SessionKeys} from './shared/session-keys.ts'
import type {SharedState} from './shared/shared-state.ts'
import {shownServer} from './shown-server.ts'
import {Subscriptions} from './subscriptions.ts'
import {targetText} from './target-text.ts'

export interface AssemblyParts {
  readonly config: Config
  readonly instance: string
  readonly clock: Clock
  readonly events: EventLog
  readonly log: RuntimeLog
  readonly redactor: KnownValues
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
  readonly keysOf: (config: Config) => SessionKeys
  /** Where there are other instances. */
  readonly shared: SharedState | undefined
  /** Where answers are kept or shared. */
  readonly cache: LiveCache
}

/** The inside of a runtime: what lives as long as it does, and what the configuration of the moment makes of it. */
export interface Assembly {
  /** The servers, in the order of the file. */
  readonly backends: readonly Backend[]
  readonly services: Services
  readonly catalogue: Catalogue
  readonly sessions: Sessions
  readonly prober: Prober
  /** Starts all servers and the probes of them. */
  start(): void
  /** What another configuration makes of the servers; those that are new to it are made, and not started. */
  plan(config: Config): ServerPlan
  /** What the methods will work with once the plan has been adopted. */
  servicesFor(plan: ServerPlan): Services
  /** In one step: what comes from now on meets the new servers, what is on its way ends with the old ones. */
  adopt(plan: ServerPlan, services: Services): void
  /** Ends everything that clients hold here; the servers are stopped apart. */
  stop(): Promise<void>
  stopServers(graceMs: number): Promise<void>
}

const breakerNews = {
  open: {level: 'WARN', kind: 'BreakerOpened', message: 'calls to the server are refused for a while'},
  half_open: {level: 'INFO', kind: 'BreakerHalfOpen', message: 'a few calls are let through to the server'},
  closed: {level: 'INFO', kind: 'BreakerClosed', message: 'calls to the server are let through again'},
} as const

/** The inside of a runtime, put together: backends, their merged lists, the clients' sessions and connections. */
export function assemble(parts: AssemblyParts): Assembly {
  const {config, instance, clock, events, log, redactor, identity, server, reaper, health, cache} = parts
  const keys = parts.keysOf(config)
  const ids = new SessionIds(keyFor(keys, 'session id'), instance, config.server.session_max_age, clock.wallMs)
  const sessions = new Sessions({
    ...sessionLimits(config),
    clock,
    readId: (id, principal) => ids.read(id, principal),
    make: newSession,
  })
  let starts = 0
  const environment = {
    instance,
    clock,
    identity,
    reaper,
    nextStart: () => ++starts,
    stateDir: parts.stateDir,
    learnSecret: redactor.renew,
  }
  const stalls = new StallWatch(clock.now)
  const subscriptions = new Subscriptions(identity)
  const ownScopes = new Set<OwnScope>()
  const retiring = new Set<Promise<unknown>>()
  const hurry = new AbortController()
  const makeBackend = ({pool, ...settings}: BackendSettings): Backend =>
    new Backend({
      ...settings,
      environment: {...environment, pool},
      stalls,
      target: targetText(settings.config, redactor),
      log: message => log.write(message),
      onChange: backendChanged,
      onConnected: (backend, link) => {
        cache.connected(backend)
        subscriptions.connected(backend, link)
      },
      onBreaker: breakerChanged,
      onHeard: (backend, method) => {
        cache.heard(backend, method)
        if (serving.has(backend)) others?.news.announced(backend, method)
      },
      onNotification: backendNotified,
    })
  const groupsFor = (all: readonly Backend[], balancing = loadBalancerOf(config)): ServerGroup[] =>
    groupsOf(all, () => balancers[balancing.algorithm]({random: Math.random, virtualNodes: balancing.virtual_nodes}))

  let members: readonly Member[] = backendSettings(config).map(settings => ({backend: makeBackend(settings), settings}))
  let backends = members.map(({backend}) => backend)
  /** Others are about to come, or to go: consoles hear of those that serve. */
  let serving: ReadonlySet<Backend> = new Set(backends)
  for (const row of parts.breakers.saved) backends.find(({id}) => id === row.serverId)?.breaker.restore(row)
  let groups = groupsFor(backends)
  let rights = config.auth
  const prober = new Prober({identity, clock, record: row => health?.record(row)})
  const catalogue = new Catalogue({groups, listsOf: backend => backend.lists, log: message => log.write(message)})
  const announcer = new ListAnnouncer(
    () => catalogue.current,
    method => sessions.notifyAll(method, null),
  )
  const healthNotes = new HealthNotes(health, () => events.now())
  function backendChanged(backend: Backend): void {
    if (!serving.has(backend)) return
    catalogue.invalidate()
    const server = shownServer(backendSnapshot(backend), redactor)
    events.emit({type: 'server', server})
    healthNotes.note(server)
    announcer.note()
  }
  function breakerChanged(backend: Backend, {from, to, why}: Transition): void {
    if (serving.has(backend)) parts.breakers.save(backend.breaker.row(backend.id))
    const {kind, level, message} = breakerNews[to]
    const retry_after_ms = to === 'open' ? backend.breaker.retryAfterMs : undefined
    const pairs = {server_id: backend.id, from, to, why, failures: backend.breaker.failures, retry_after_ms}
    log.write({level, module: 'breaker', kind, message, pairs})
    if (!serving.has(backend)) return
    if (to === 'open') others?.news.opened(backend)
    events.emit({type: 'breaker', serverId: backend.id, from, to, why: shortText(redactor.text(why), 1024)})
    events.emit({type: 'server', server: shownServer(backendSnapshot(backend), redactor)})
  }
  function backendNotified(backend: Backend, method: string, params: Buffer | null): void {
    const uri = method === 'notifications/resources/updated' && params ? parseObject(params)?.uri : undefined
    if (typeof uri === 'string' && params) {
      cache.resourceUpdated(backend, uri)
      return subscriptions.updated(backend, uri, params)
    }
    if (serving.has(backend) && listsChangedBy(method).length > 0) sessions.notifyAll(method, params)
  }

  const shared = sharedScope(catalogue)
  const ownChildren = new OwnChildren(
    () => sessions.dropUnused() || profileScopes.dropUnused(),
    config.server.max_client_processes,
  )
  const ownScope = (profile: ClientProfile, exclusive: boolean, session: () => Session | undefined): OwnScope => {
    const scope: OwnScope = new OwnScope({
      groups,
      profile,
      identity,
      exclusive,
      onRequest: async (_, method, params) => session()?.ask(method, params) ?? refuseRequest(method),
      onNotification: (_, method, params) => void session()?.tell(notificationMessage(method, params)),
      admit: () => ownChildren.admit(),
      log: message => log.write(message),
      onClosed: () => ownScopes.delete(scope),
    })
    ownScopes.add(scope)
    return scope
  }
  const profileScopes = new ProfileScopes(profile => ownScope(profile, true, () => undefined), clock.now)
  const parkedCalls = new ParkedCalls(instance)
  const lasting = {
    sessions,
    subscriptions,
    parkedCalls,
    requestStates: new RequestStates(keyFor(keys, 'request state')),
    detail: new RequestDetail(log),
    identity,
    server,
    now: clock.now,
    scopeFor: (principal: string, profile: ClientProfile) =>
      profile.interactive ? profileScopes.for(principal, profile) : shared,
    openSession: (opening: SessionOpening) => {
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

  const servicesOf = (settings: Config, all: readonly Backend[], own: () => readonly ServerGroup[]): Services => ({
    ...lasting,
    backends: all,
    get groups() {
      return own()
    },
    sessionAffinity: loadBalancerOf(settings).session_affinity,
    cache: cache.for(settings),
    listTimeoutMs: settings.server.list_timeout,
    maxSubscriptions: settings.server.max_subscriptions,
  })
  let services = servicesOf(config, backends, () => groups)
  const others = parts.shared && joinInstances(parts.shared, {sessions, services: () => services, scope: shared})

  function adopt(plan: ServerPlan, next: Services): void {
    const before = members
    for (const {backend, settings} of plan.adjusted) backend.reconfigure(settings)
    members = plan.members
    backends = members.map(({backend}) => backend)
    serving = new Set(backends)
    services = next
    groups = groupsFor(backends, loadBalancerOf(plan.config))
    catalogue.regroup(groups)
    for (const scope of ownScopes) scope.regroup(groups)
    const {session_max_age, max_client_processes} = plan.config.server
    const keys = parts.keysOf(plan.config)
    ids.configure(keyFor(keys, 'session id'), session_max_age)
    lasting.requestStates.configure(keyFor(keys, 'request state'))
    sessions.configure(sessionLimits(plan.config))
    ownChildren.configure(max_client_processes)
    handOver(before, plan, subscriptions)
    prober.watch(backends)
    for (const backend of [
      ...plan.added,
      ...plan.changed.map(({to}) => to),
      ...plan.adjusted.map(each => each.backend),
    ])
      backendChanged(backend)
    announcer.note()
    for (const backend of [...plan.removed, ...plan.changed.map(({from}) => from)]) letGo(backend, before)
    if (!isDeepStrictEqual(rights, plan.config.auth)) askForProof()
    rights = plan.config.auth
  }

  /** Others may see other things, or nobody knows them any more: they come again, and are looked at anew. */
  function askForProof(): void {
    for (const method of new Set(allListKinds.map(kind => listKinds[kind].changed))) sessions.notifyAll(method, null)
    sessions.endStreams()
  }

  /** A server that is no longer configured. */
  function letGo(backend: Backend, before: readonly Member[]): void {
    const release = async (): Promise<void> => {
      // A request that came before may have subscribed since.
      handOver(
        before.filter(each => each.backend === backend),
        {members, kept: []},
        subscriptions,
      )
      subscriptions.drop(backend)
      await Promise.all([...ownScopes].map(scope => scope.leave(backend)))
    }
    const retired = retire(backend, {now: clock.now, graceMs: retireGraceMs, release, hurry: hurry.signal}).then(
      cutOff =>
        log.write({
          level: cutOff > 0 ? 'WARN' : 'INFO',
          module: 'reload',
          kind: 'ServerRetired',
          message: 'a server that is no longer configured has ended',
          pairs: {server_id: backend.id, target: backend.target, cut_off: cutOff},
        }),
    )
    retiring.add(retired)
    void retired.finally(() => retiring.delete(retired))
  }

  return {
    get backends() {
      return backends
    },
    get services() {
      return services
    },
    catalogue,
    sessions,
    prober,
    start: () => {
      for (const backend of backends) backend.start()
      prober.watch(backends)
    },
    plan: next => planServers(members, next, backendSettings(next), makeBackend),
    servicesFor: plan =>
      servicesOf(
        plan.config,
        plan.members.map(({backend}) => backend),
        () => groups,
      ),
    adopt,
    stop: async () => {
      prober.stop()
      stalls.stop()
      others?.stop()
      parkedCalls.stop()
      subscriptions.stop()
      sessions.stop()
      await profileScopes.stop()
    },
    stopServers: async graceMs => {
      hurry.abort()
      await Promise.all([...backends.map(backend => backend.stop(graceMs)), ...retiring])
    },
  }
}

/** A process that is asked to end and does not is killed after this. */
const retireGraceMs = 2000

function sessionLimits({server}: Config): {idleTimeoutMs: number; max: number; maxAgeMs: number} {
  return {idleTimeoutMs: server.session_idle_timeout, max: server.max_sessions, maxAgeMs: server.session_max_age}
}

/** Nobody is there who could be asked: a modern client is only asked during its own call. */
function refuseRequest(method: string): BackendAnswer {
  if (method === 'ping') return {kind: 'result', value: Buffer.from('{}')}
  return {kind: 'error', value: errorValue(rpcCode.methodNotFound, `Method not found: ${method}`)}
}
