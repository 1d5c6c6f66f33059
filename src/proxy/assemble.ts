import {isDeepStrictEqual} from 'node:util'
import type {Config} from '../config/schema.ts'
import {targetText} from '../config/target-text.ts'
import {Backend} from './backend.ts'
import {backendListeners} from './backend-listeners.ts'
import {type BackendSettings, backendSettings} from './backend-settings.ts'
import {balancers} from './balance/balancers.ts'
import {Catalogue} from './catalogue.ts'
import {ClientScopes} from './client-scopes.ts'
import {allListKinds, listKinds} from './list-kinds.ts'
import {RequestDetail} from './logging/request-detail.ts'
import type {Services} from './method-call.ts'
import {ParkedCalls} from './parked-calls.ts'
import {Prober} from './probe/prober.ts'
import {handOver} from './reload/hand-over.ts'
import {Retirements} from './reload/retirements.ts'
import {type Member, planServers, type ServerPlan} from './reload/server-plan.ts'
import {RequestStates} from './request-state.ts'
import {loadBalancerOf} from './resilience/settings.ts'
import {StallWatch} from './resilience/stall-watch.ts'
import type {RuntimeParts} from './runtime-parts.ts'
import {groupsOf, type ServerGroup} from './server-group.ts'
import {Session} from './session.ts'
import {Sessions} from './sessions.ts'
import {joinInstances} from './shared/join-instances.ts'
import {SessionIds, type SessionOpening} from './shared/session-ids.ts'
import {keyFor} from './shared/session-keys.ts'
import {Subscriptions} from './subscriptions.ts'

export interface AssemblyOptions extends RuntimeParts {
  readonly config: Config
  readonly stateDir: string
  readonly version: string
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

/** The inside of a runtime, put together: backends, their merged lists, the clients' sessions and connections. */
export function assemble(options: AssemblyOptions): Assembly {
  const {config, instance, clock, log, redactor, cache, keysOf, store} = options
  const tell = log.write.bind(log)
  const server = {name: 'only1mcp', version: options.version}
  // Roots are declared because servers offer more tools to a client that has them; this runtime has none of its own.
  const identity = {info: server, capabilities: {roots: {listChanged: false}}}

  const keys = keysOf(config)
  const ids = new SessionIds(keyFor(keys, 'session id'), instance, config.server.session_max_age, clock.wallMs)
  const newSession = (id: string, opening: SessionOpening): Session => {
    const session: Session = new Session(
      id,
      opening,
      scopes.ofSession(opening.profile, () => session),
    )
    return session
  }
  const sessions = new Sessions({
    ...sessionLimits(config),
    clock,
    readId: (id, principal) => ids.read(id, principal),
    make: newSession,
  })
  const catalogue = new Catalogue({groups: [], listsOf: backend => backend.lists, log: tell})
  const scopes = new ClientScopes({
    identity,
    catalogue,
    maxProcesses: config.server.max_client_processes,
    dropSession: () => sessions.dropUnused(),
    now: clock.now,
    log: tell,
  })
  const others =
    options.shared && joinInstances(options.shared, {sessions, services: () => services, scope: scopes.shared})

  const stalls = new StallWatch(clock.now)
  const subscriptions = new Subscriptions(identity)
  const listeners = backendListeners({
    ...{parts: options, sessions, catalogue, subscriptions},
    news: others?.news,
    serves: backend => serving.has(backend),
  })
  let starts = 0
  const environment = {
    ...{instance, clock, identity, reaper: options.reaper, stateDir: options.stateDir},
    nextStart: () => ++starts,
    learnSecret: redactor.renew,
    onlyRequestAt: options.ledger.onlyAt.bind(options.ledger),
  }
  const makeBackend = ({pool, ...settings}: BackendSettings): Backend =>
    new Backend({
      ...settings,
      ...listeners,
      environment: {...environment, pool},
      stalls,
      target: targetText(settings.config, redactor),
      log: tell,
    })
  const groupsFor = (all: readonly Backend[], balancing = loadBalancerOf(config)): ServerGroup[] =>
    groupsOf(all, () => balancers[balancing.algorithm]({random: Math.random, virtualNodes: balancing.virtual_nodes}))

  let members: readonly Member[] = backendSettings(config).map(settings => ({backend: makeBackend(settings), settings}))
  let backends = backendsOf(members)
  let serving: ReadonlySet<Backend> = new Set(backends)
  for (const row of options.breakers.saved) backends.find(({id}) => id === row.serverId)?.breaker.restore(row)
  let groups = groupsFor(backends)
  catalogue.regroup(groups)
  scopes.regroup(groups)

  const prober = new Prober({identity, clock, record: row => store.health?.record(row)})
  const parkedCalls = new ParkedCalls(instance)
  const lasting = {
    ...{sessions, subscriptions, parkedCalls, identity, server},
    requestStates: new RequestStates(keyFor(keys, 'request state')),
    detail: new RequestDetail(log),
    now: clock.now,
    scopeFor: scopes.for.bind(scopes),
    openSession: (opening: SessionOpening) => {
      const session = newSession(ids.issue(opening), opening)
      sessions.add(session)
      return session
    },
  }
  const servicesOf = (settings: Config, all: readonly Backend[]): Services => ({
    ...lasting,
    backends: all,
    get groups() {
      return groups
    },
    sessionAffinity: loadBalancerOf(settings).session_affinity,
    cache: cache.for(settings),
    listTimeoutMs: settings.server.list_timeout,
    maxSubscriptions: settings.server.max_subscriptions,
  })
  let services = servicesOf(config, backends)
  let rights = config.auth
  const retirements = new Retirements({now: clock.now, log: tell})

  function adopt(plan: ServerPlan, next: Services): void {
    const before = members
    for (const {backend, settings} of plan.adjusted) backend.reconfigure(settings)
    members = plan.members
    backends = backendsOf(members)
    serving = new Set(backends)
    services = next
    groups = groupsFor(backends, loadBalancerOf(plan.config))
    catalogue.regroup(groups)
    scopes.regroup(groups)
    const {session_max_age, max_client_processes} = plan.config.server
    const keys = keysOf(plan.config)
    ids.configure(keyFor(keys, 'session id'), session_max_age)
    lasting.requestStates.configure(keyFor(keys, 'request state'))
    sessions.configure(sessionLimits(plan.config))
    scopes.configure(max_client_processes)
    handOver(before, plan, subscriptions)
    prober.watch(backends)
    const renewed = plan.changed.map(({to}) => to)
    for (const backend of [...plan.added, ...renewed, ...backendsOf(plan.adjusted)]) listeners.onChange(backend)
    listeners.noteLists()
    for (const backend of [...plan.removed, ...plan.changed.map(({from}) => from)])
      retirements.begin(backend, () => release(backend, before))
    if (!isDeepStrictEqual(rights, plan.config.auth)) askForProof()
    rights = plan.config.auth
  }

  /** Of a server that goes, all that clients hold. */
  async function release(backend: Backend, before: readonly Member[]): Promise<void> {
    const own = before.filter(each => each.backend === backend)
    handOver(own, {members, kept: []}, subscriptions) // a request that came before may have subscribed since
    subscriptions.drop(backend)
    await scopes.leave(backend)
  }

  /** Others may see other things, or nobody knows them any more: they come again, and are looked at anew. */
  function askForProof(): void {
    for (const method of new Set(allListKinds.map(kind => listKinds[kind].changed))) sessions.notifyAll(method, null)
    sessions.endStreams()
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
    servicesFor: plan => servicesOf(plan.config, backendsOf(plan.members)),
    adopt,
    stop: async () => {
      prober.stop()
      stalls.stop()
      others?.stop()
      parkedCalls.stop()
      subscriptions.stop()
      sessions.stop()
      await scopes.stop()
    },
    stopServers: async graceMs => {
      await Promise.all([retirements.hurry(), ...backends.map(backend => backend.stop(graceMs))])
    },
  }
}

function backendsOf(members: readonly Member[]): Backend[] {
  return members.map(({backend}) => backend)
}

function sessionLimits({server}: Config): {idleTimeoutMs: number; max: number; maxAgeMs: number} {
  return {idleTimeoutMs: server.session_idle_timeout, max: server.max_sessions, maxAgeMs: server.session_max_age}
}
