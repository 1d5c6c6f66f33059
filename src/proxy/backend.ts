import type {BackendConfig} from '../config/schema.ts'
import type {ServerSnapshot, ServerStatus} from '../control/contract/server.ts'
import type {CallFailure} from '../mcp/call-failure.ts'
import type {CancelSignal} from '../mcp/cancel-source.ts'
import type {BackendAnswer, BackendCall, BackendConnection, BackendInfo, ConnectionEvents} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import type {LatencyHistogram} from '../shared/latency-buckets.ts'
import {answerUnasked} from './answer-unasked.ts'
import type {BackendAccess} from './backend-access.ts'
import {BackendFigures} from './backend-figures.ts'
import {BackendLife} from './backend-life.ts'
import {BackendOpener, type BackendOpenerOptions} from './backend-opener.ts'
import type {BackendSettings} from './backend-settings.ts'
import type {Candidate} from './balance/balancer.ts'
import {slowStart} from './balance/slow-start.ts'
import {IdleRules} from './idle-rules.ts'
import {type BackendLists, Link} from './link.ts'
import {ListChanges} from './list-changes.ts'
import {listsChangedBy} from './list-kinds.ts'
import type {Naming} from './names.ts'
import {OfferRules} from './offer-rules.ts'
import {ProbeHealth, type ProbeResult, unhealthy} from './probe/probe-health.ts'
import type {CircuitBreaker, Transition} from './resilience/breaker.ts'
import {Guard} from './resilience/guard.ts'
import type {RetryBudget} from './resilience/retry-budget.ts'
import type {StallWatch} from './resilience/stall-watch.ts'
import {unavailable} from './unavailable.ts'

export interface BackendOptions extends BackendOpenerOptions, Omit<BackendSettings, 'config' | 'pool'> {
  readonly stalls: StallWatch
  /** Status, lists or last error changed. */
  readonly onChange: (backend: Backend) => void
  readonly onConnected: (backend: Backend, link: Link) => void
  readonly onBreaker: (backend: Backend, transition: Transition) => void
  /** A notification on the shared connection that belongs to no call, before its lists are read anew. */
  readonly onHeard: (backend: Backend, method: string) => void
  /** The same, after that. */
  readonly onNotification: (backend: Backend, method: string, params: Buffer | null) => void
}

/** One configured server, as the rest of the runtime meets it. */
export class Backend implements Candidate {
  config: BackendConfig
  naming: Naming
  /** What of it clients see. */
  rules: OfferRules
  /** The command line or endpoint for people, without secrets. */
  readonly target: string
  timeoutMs: number
  readonly figures: BackendFigures
  readonly life: BackendLife
  /** Requests that are bound to it, from their choice to their answer: it is not stopped under them. */
  claims = 0
  readonly probes: ProbeHealth
  readonly #guard: Guard
  readonly #options: BackendOptions
  #slowStartMs: number
  readonly #opener: BackendOpener
  readonly #changes = new ListChanges((method, params) => this.#listsChanged(method, params))
  readonly #idleRules: IdleRules

  constructor(options: BackendOptions) {
    this.#options = options
    this.config = options.config
    this.naming = options.naming
    this.#slowStartMs = options.slowStartMs
    this.rules = new OfferRules(options.config)
    this.target = options.target
    this.timeoutMs = options.config.timeout ?? options.defaultTimeoutMs
    this.figures = new BackendFigures(options.environment.clock)
    this.probes = new ProbeHealth(options.config)
    this.#guard = new Guard({
      ...options.guard,
      serverId: options.config.id,
      clock: options.environment.clock,
      figures: this.figures,
      stalls: options.stalls,
      onTransition: transition => options.onBreaker(this, transition),
      onAway: (connection, failure) => this.lost(connection, failure),
    })
    this.#opener = new BackendOpener(options)
    this.#idleRules = new IdleRules(options.config.id, options.log)
    this.life = new BackendLife({
      config: options.config,
      environment: options.environment,
      opener: this.#opener,
      timeoutMs: () => this.timeoutMs,
      events: {
        onRequest: answerUnasked,
        onNotification: (method, params) => this.notified(method, params),
      },
      log: options.log,
      onChange: () => options.onChange(this),
      onConnected: link => {
        this.probes.reset()
        this.#guard.reached()
        options.onConnected(this, link)
      },
      onLists: lists => this.#idleRules.warn(this.rules.unmatched(lists)),
      onListFault: failure => this.#listFault(failure),
      onEnded: (failure, servedMs) => this.#ended(failure, servedMs),
    })
  }

  /** Goes on with other settings over the connection that it has: none of them concern that. */
  reconfigure({config, naming, guard, slowStartMs, defaultTimeoutMs}: Omit<BackendSettings, 'pool'>): void {
    this.config = config
    this.naming = naming
    this.rules = new OfferRules(config)
    this.timeoutMs = config.timeout ?? defaultTimeoutMs
    this.probes.configure(config)
    this.#guard.configure(guard)
    this.#slowStartMs = slowStartMs
    if (this.lists !== undefined) this.#idleRules.warn(this.rules.unmatched(this.lists))
  }

  get id(): string {
    return this.config.id
  }

  get status(): ServerStatus {
    return this.life.status
  }

  /** The shared connection with its lists, while there is one. */
  get link(): Link | undefined {
    return this.life.link
  }

  /** What the last handshake told; undefined before the first. */
  get info(): BackendInfo | undefined {
    return this.life.info
  }

  /** The lists that the backend gave last; undefined before the first. Stale while the backend is not up. */
  get lists(): BackendLists | undefined {
    return this.life.lists
  }

  get settlingMs(): number | undefined {
    return this.life.settlingMs
  }

  get latency(): LatencyHistogram {
    return this.figures.latency
  }

  /** Failures by kind. */
  get failures(): ReadonlyMap<string, number> {
    return this.figures.failures
  }

  get lastError(): ServerSnapshot['lastError'] {
    return this.figures.lastError
  }

  /** Lines on stdout that were no messages. */
  get garbage(): BackendOpener['garbage'] {
    return this.#opener.garbage
  }

  /** Lines of stderr, the newest last. */
  get stderrTail(): readonly string[] {
    return this.#opener.stderrTail
  }

  /** Whether a call makes sense now or soon. */
  get usable(): boolean {
    return this.life.status === 'up'
  }

  wallMs(): number {
    return this.#options.environment.clock.wallMs()
  }

  get breaker(): CircuitBreaker {
    return this.#guard.breaker
  }

  get retries(): RetryBudget {
    return this.#guard.retries
  }

  get inFlight(): number {
    return this.figures.inFlight
  }

  /** Calls that wait for their turn. */
  get queued(): number {
    return this.#guard.queued
  }

  /** Its share of the calls of its group; less while it is new. */
  get weight(): number {
    const {upAt, restarts} = this.life
    const servedMs = upAt === undefined || restarts === 0 ? undefined : this.#options.environment.clock.now() - upAt
    return this.config.weight * slowStart(servedMs, this.#slowStartMs)
  }

  /** How we show it who we are. */
  access(): Promise<BackendAccess> {
    return this.#opener.access()
  }

  /** A call to it can go out now, and there is reason to think that it will be answered. */
  get ready(): boolean {
    return this.life.link !== undefined && this.probes.healthy && !this.breaker.refuses
  }

  /** It has no connection and is about to have one. */
  get settlesSoon(): boolean {
    return this.link === undefined && (this.status === 'starting' || this.status === 'restarting')
  }

  /** What it says of one of its tools. */
  toolBytes(name: string): Buffer | undefined {
    return this.lists?.tools.entries.find(({key}) => key === name)?.bytes
  }

  start(): void {
    this.life.start()
  }

  /** Resolves when the status or the tools have changed, or after `timeoutMs`. */
  changed(timeoutMs: number): Promise<void> {
    return this.life.changed(timeoutMs)
  }

  /** A notification on the shared connection that belongs to no call. */
  notified(method: string, params: Buffer | null): void {
    if (listsChangedBy(method).length > 0) return this.#changes.hear(method, params)
    this.#options.onHeard(this, method)
    this.#options.onNotification(this, method, params)
  }

  async #listsChanged(method: string, params: Buffer | null): Promise<void> {
    this.#options.onHeard(this, method)
    // Whoever hears that a list changed asks for it at once: it has to be the new one by then. A list that differs has
    // been announced with the change itself.
    if ((await this.link?.changed(method)) === true) return
    this.#options.onNotification(this, method, params)
  }

  /** The shared connection; waited for within `timeoutMs` where it is about to be there. @throws CallFailure */
  async whenUp(timeoutMs: number, signal?: CancelSignal): Promise<Link> {
    const {clock} = this.#options.environment
    const until = clock.now() + timeoutMs
    // A crash loop or a dead endpoint is not waited for.
    while (this.settlesSoon) {
      const rest = until - clock.now()
      if (rest <= 0 || signal?.aborted === true) break
      await this.changed(rest)
    }
    if (this.link) return this.link
    throw unavailable(this)
  }

  /** @throws CallFailure at once while its breaker is open */
  refuseWhileOpen(): void {
    this.#guard.refuseWhileOpen()
  }

  /**
   * Sends one call over a connection of this backend, counted and timed, when it is its turn.
   * @param panic its breaker is not asked
   * @throws CallFailure
   */
  call(connection: BackendConnection, call: BackendCall, panic = false): Promise<BackendAnswer> {
    return this.#guard.call(connection, call, panic)
  }

  /** The shared connection leads nowhere any more. */
  lost(connection: BackendConnection, failure: CallFailure): void {
    this.life.lost(connection, failure)
  }

  /**
   * A further connection, for clients that need one of their own: a child or a session that declares what they declared.
   * @throws CallFailure
   */
  async openLink(identity: ClientIdentity, events: Omit<ConnectionEvents, 'onOddity'>): Promise<Link> {
    await this.whenUp(this.timeoutMs)
    let link: Link | undefined
    const changes = new ListChanges(async (method, params) => {
      await link?.changed(method)
      events.onNotification(method, params)
    })
    const connection = await this.#opener.open(identity, {
      onRequest: events.onRequest,
      onNotification: (method, params) => {
        if (listsChangedBy(method).length > 0) changes.hear(method, params)
        else events.onNotification(method, params)
      },
    })
    link = new Link({
      connection,
      identity,
      timeoutMs: this.timeoutMs,
      onLists: () => {},
      onFault: failure => this.#listFault(failure),
    })
    void connection.closed.then(failure => {
      if (failure !== null) this.#guard.ended(failure, false)
    })
    return link
  }

  /** What a probe came to. */
  probed(result: ProbeResult): void {
    const {clock} = this.#options.environment
    const turned = this.probes.note(result, clock.wallMs())
    this.#guard.probed(result)
    if (!turned) return
    if (result.error !== null) this.figures.fault(unhealthy(result.error))
    this.life.probed(result.ok)
    this.#options.log({
      level: result.ok ? 'INFO' : 'WARN',
      module: 'health',
      kind: result.ok ? 'ProbeHealthy' : 'ProbeUnhealthy',
      message: result.ok ? 'server answers its health probes again' : 'server does not answer its health probes',
      pairs: {server_id: this.id, error: result.error ?? undefined},
    })
  }

  async stop(graceMs: number): Promise<void> {
    await this.life.stop(graceMs)
  }

  #ended(failure: CallFailure, servedMs: number | undefined): void {
    this.figures.fault(failure)
    this.#guard.ended(failure, servedMs === undefined || failure.delivered === 'no')
  }

  #listFault(failure: CallFailure): void {
    this.figures.fault(failure)
    this.#options.log({
      level: 'WARN',
      module: 'backend',
      kind: failure.kind,
      message: 'a list could not be read in full',
      pairs: {server_id: this.id, error: failure.message, evidence: failure.evidence},
    })
  }
}
