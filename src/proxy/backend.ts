import type {BackendConfig} from '../config/schema.ts'
import type {ServerSnapshot, ServerStatus} from '../control/contract.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {CancelSignal} from '../mcp/cancel-source.ts'
import type {BackendAnswer, BackendCall, BackendConnection, BackendInfo, ConnectionEvents} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import {errorValue} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import type {LatencyHistogram} from '../shared/latency-buckets.ts'
import {BackendFigures} from './backend-figures.ts'
import {BackendLife} from './backend-life.ts'
import {BackendOpener, type BackendOpenerOptions} from './backend-opener.ts'
import {type BackendLists, Link} from './link.ts'
import {type Naming, namingOf} from './names.ts'
import {OfferRules} from './offer-rules.ts'
import {unavailable} from './unavailable.ts'

export interface BackendOptions extends BackendOpenerOptions {
  readonly defaultTimeoutMs: number
  /** Status, lists or last error changed. */
  readonly onChange: (backend: Backend) => void
  readonly onConnected: (backend: Backend, link: Link) => void
  /** A notification on the shared connection that belongs to no call. */
  readonly onNotification: (backend: Backend, method: string, params: Buffer | null) => void
}

/** One configured server, as the rest of the runtime meets it. */
export class Backend {
  readonly config: BackendConfig
  readonly naming: Naming
  /** What of it clients see. */
  readonly rules: OfferRules
  /** The command line or endpoint for people, without secrets. */
  readonly target: string
  readonly timeoutMs: number
  readonly figures: BackendFigures
  readonly life: BackendLife
  readonly #options: BackendOptions
  readonly #opener: BackendOpener
  readonly #warnedRules = new Set<string>()

  constructor(options: BackendOptions) {
    this.#options = options
    this.config = options.config
    this.naming = namingOf(options.config)
    this.rules = new OfferRules(options.config)
    this.target = options.target
    this.timeoutMs = options.config.timeout ?? options.defaultTimeoutMs
    this.figures = new BackendFigures(options.environment.clock)
    this.#opener = new BackendOpener(options)
    this.life = new BackendLife({
      config: options.config,
      environment: options.environment,
      opener: this.#opener,
      timeoutMs: this.timeoutMs,
      events: this.#connectionEvents(),
      log: options.log,
      onChange: () => options.onChange(this),
      onConnected: link => options.onConnected(this, link),
      onLists: lists => this.#warnOfIdleRules(lists),
      onListFault: failure => this.#listFault(failure),
      onEnded: failure => this.figures.fault(failure),
    })
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

  /** Lines of stderr, the newest last. */
  get stderrTail(): readonly string[] {
    return this.#opener.stderrTail
  }

  /** Whether a call makes sense now or soon. */
  get usable(): boolean {
    return this.life.status === 'up'
  }

  start(): void {
    this.life.start()
  }

  /** Resolves when the status or the tools have changed, or after `timeoutMs`. */
  changed(timeoutMs: number): Promise<void> {
    return this.life.changed(timeoutMs)
  }

  /** A notification on the shared connection that belongs to no call. */
  async notified(method: string, params: Buffer | null): Promise<void> {
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
    while (this.link === undefined && (this.status === 'starting' || this.status === 'restarting')) {
      const rest = until - clock.now()
      if (rest <= 0 || signal?.aborted === true) break
      await this.changed(rest)
    }
    if (this.link) return this.link
    throw unavailable(this)
  }

  /** Sends one call over a connection of this backend, counted and timed. @throws CallFailure */
  async call(connection: BackendConnection, call: BackendCall): Promise<BackendAnswer> {
    try {
      return await this.figures.call(connection, call)
    } catch (error) {
      if (error instanceof CallFailure && isAway(error)) this.lost(connection, error)
      throw error
    }
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
    const connection = await this.#opener.open(identity, {
      onRequest: events.onRequest,
      onNotification: async (method, params) => {
        await link?.changed(method)
        events.onNotification(method, params)
      },
    })
    link = new Link({
      connection,
      identity,
      timeoutMs: this.timeoutMs,
      onLists: () => {},
      onFault: failure => this.#listFault(failure),
    })
    return link
  }

  async stop(graceMs: number): Promise<void> {
    await this.life.stop(graceMs)
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

  /** A rule that matches nothing is a slip of its writer: what it should hide may be in the open. */
  #warnOfIdleRules(lists: BackendLists): void {
    for (const {place, pattern} of this.rules.unmatched(lists)) {
      const key = `${place} ${pattern}`
      if (this.#warnedRules.has(key)) continue
      this.#warnedRules.add(key)
      this.#options.log({
        level: 'WARN',
        module: 'backend',
        kind: 'RuleUnmatched',
        message: 'a rule matches nothing that the server lists',
        pairs: {server_id: this.id, rule: place, name: pattern},
      })
    }
  }

  #connectionEvents(): Omit<ConnectionEvents, 'onOddity'> {
    return {
      // Roots are declared to backends (their tools may depend on it), and this runtime has none of its own.
      onRequest: async method => {
        if (method === 'ping') return {kind: 'result', value: Buffer.from('{}')}
        if (method === 'roots/list') return {kind: 'result', value: Buffer.from('{"roots":[]}')}
        return {kind: 'error', value: errorValue(rpcCode.methodNotFound, `Method not found: ${method}`)}
      },
      onNotification: (method, params) => void this.notified(method, params),
    }
  }
}

/** Nothing could be sent at all: the endpoint is not there. */
function isAway({kind, delivered}: CallFailure): boolean {
  return kind === 'TransportFailed' && delivered === 'no'
}
