import type {BackendConfig} from '../config/schema.ts'
import type {ServerSnapshot, ServerStatus} from '../control/contract.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {CancelSignal} from '../mcp/cancel-source.ts'
import type {BackendAnswer, BackendCall, BackendConnection, BackendInfo, ConnectionEvents} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import {errorValue} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {messageOf} from '../shared/errors.ts'
import type {LatencyHistogram} from '../shared/latency-buckets.ts'
import {BackendFigures} from './backend-figures.ts'
import {BackendOpener, type BackendOpenerOptions} from './backend-opener.ts'
import {type BackendLists, Link} from './link.ts'
import {type Naming, namingOf} from './names.ts'
import {handshakeTimeoutMs, transportOf} from './open-backend.ts'
import {RestartPolicy} from './restart-policy.ts'

export interface BackendOptions extends BackendOpenerOptions {
  readonly defaultTimeoutMs: number
  /** Status, lists or last error changed. */
  readonly onChange: (backend: Backend) => void
  readonly onConnected: (backend: Backend, link: Link) => void
  /** A notification on the shared connection that belongs to no call. */
  readonly onNotification: (backend: Backend, method: string, params: Buffer | null) => void
}

/** One configured server: its connection, its life (start, end, start again) and what is known of it. */
export class Backend {
  readonly config: BackendConfig
  readonly naming: Naming
  readonly #options: BackendOptions
  readonly #policy = new RestartPolicy()
  readonly #opener: BackendOpener
  readonly #figures: BackendFigures
  #link: Link | undefined
  #status: ServerStatus
  #since: number
  #startingSince: number
  #lists: BackendLists | undefined
  #info: BackendInfo | undefined
  #restarts = 0
  #pid: number | null = null
  #upAt: number | undefined
  #nextStartAt: number | null = null
  #timer: NodeJS.Timeout | undefined
  #waiters: (() => void)[] = []

  constructor(options: BackendOptions) {
    this.#options = options
    this.config = options.config
    this.naming = namingOf(options.config)
    this.#status = options.config.enabled && transportOf(options.config) !== 'none' ? 'starting' : 'disabled'
    this.#since = options.environment.clock.wallMs()
    this.#startingSince = options.environment.clock.now()
    this.#opener = new BackendOpener(options)
    this.#figures = new BackendFigures(options.environment.clock)
  }

  get id(): string {
    return this.config.id
  }

  get status(): ServerStatus {
    return this.#status
  }

  /** The shared connection with its lists, while there is one. */
  get link(): Link | undefined {
    return this.#link
  }

  /** What the last handshake told; undefined before the first. */
  get info(): BackendInfo | undefined {
    return this.#info
  }

  /** The lists that the backend gave last; undefined before the first. Stale while the backend is not up. */
  get lists(): BackendLists | undefined {
    return this.#lists
  }

  get timeoutMs(): number {
    return this.config.timeout ?? this.#options.defaultTimeoutMs
  }

  /** For how long it has been starting, or listing its tools for the first time; undefined when it is not. */
  get settlingMs(): number | undefined {
    const settling = this.#status === 'starting' || (this.#status === 'up' && this.#lists === undefined)
    return settling ? this.#options.environment.clock.now() - this.#startingSince : undefined
  }

  get latency(): LatencyHistogram {
    return this.#figures.latency
  }

  /** Failures by kind. */
  get failures(): ReadonlyMap<string, number> {
    return this.#figures.failures
  }

  get lastError(): ServerSnapshot['lastError'] {
    return this.#figures.lastError
  }

  /** Whether a call makes sense now or soon. */
  get usable(): boolean {
    return this.#status === 'up'
  }

  start(): void {
    if (this.#status !== 'disabled') void this.#open()
  }

  /** Resolves when the status or the tools have changed, or after `timeoutMs`. */
  changed(timeoutMs: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#waiters.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** A notification on the shared connection that belongs to no call. */
  async notified(method: string, params: Buffer | null): Promise<void> {
    // Whoever hears that a list changed asks for it at once: it has to be the new one by then. A list that differs has
    // been announced with the change itself.
    if ((await this.#link?.changed(method)) === true) return
    this.#options.onNotification(this, method, params)
  }

  /** The shared connection; waited for within `timeoutMs` where it is about to be there. @throws CallFailure */
  async whenUp(timeoutMs: number, signal?: CancelSignal): Promise<Link> {
    const {clock} = this.#options.environment
    const until = clock.now() + timeoutMs
    // A crash loop or a dead endpoint is not waited for.
    while (this.#link === undefined && (this.#status === 'starting' || this.#status === 'restarting')) {
      const rest = until - clock.now()
      if (rest <= 0 || signal?.aborted === true) break
      await this.changed(rest)
    }
    if (this.#link) return this.#link
    throw unavailable(this)
  }

  /** Sends one call over a connection of this backend, counted and timed. @throws CallFailure */
  async call(connection: BackendConnection, call: BackendCall): Promise<BackendAnswer> {
    try {
      return await this.#figures.call(connection, call)
    } catch (error) {
      if (error instanceof CallFailure && isAway(error)) this.lost(connection, error)
      throw error
    }
  }

  /** The shared connection leads nowhere any more: it is made anew, with the delays of any other loss. */
  lost(connection: BackendConnection, failure: CallFailure): void {
    if (this.#link?.connection !== connection) return
    this.#link = undefined
    void connection.close(500)
    this.#ended(failure)
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
    this.#opener.stop()
    clearTimeout(this.#timer)
    this.#nextStartAt = null
    const connection = this.#link?.connection
    this.#link = undefined
    if (this.#status !== 'disabled') this.#become('stopped')
    await connection?.close(graceMs)
  }

  snapshot(): ServerSnapshot {
    const info = this.#link?.connection.info
    const figures = this.#figures
    const iso = (ms: number): string => new Date(ms).toISOString()
    return {
      id: this.id,
      name: this.config.name ?? this.id,
      transport: transportOf(this.config),
      era: info?.era ?? null,
      protocolVersion: info?.protocolVersion ?? null,
      implementation: info?.implementation ? `${info.implementation.name} ${info.implementation.version}` : null,
      status: this.#status,
      since: iso(this.#since),
      prefix: this.naming.prefix,
      target: this.#options.target,
      pid: this.#pid,
      restarts: this.#restarts,
      tools: this.#lists?.tools.entries.length ?? 0,
      inFlight: figures.inFlight,
      requests: figures.requests,
      errors: figures.errors,
      latency: figures.latency.toSparse(),
      lastError: figures.lastError,
      nextStartAt: this.#nextStartAt === null ? null : iso(this.#nextStartAt),
      stderrTail: this.#opener.stderrTail.slice(-10),
    }
  }

  async #open(): Promise<void> {
    const {environment} = this.#options
    this.#startingSince = environment.clock.now()
    this.#nextStartAt = null
    try {
      const connection = await this.#opener.open(environment.identity, this.#connectionEvents(), pid => {
        this.#pid = pid
      })
      if (this.#status === 'stopped') return await connection.close(500)
      this.#opened(connection)
    } catch (error) {
      this.#pid = null
      this.#ended(error instanceof CallFailure ? error : unexpected(error))
    }
  }

  #opened(connection: BackendConnection): void {
    const {environment, log} = this.#options
    const {info} = connection
    const link = new Link({
      connection,
      identity: environment.identity,
      timeoutMs: Math.min(this.timeoutMs, handshakeTimeoutMs),
      onLists: () => {
        if (this.#link !== link) return
        this.#lists = link.lists
        this.#notify()
      },
      onFault: failure => this.#listFault(failure),
    })
    this.#link = link
    this.#info = info
    this.#upAt = environment.clock.now()
    void connection.closed.then(failure => {
      if (this.#link !== link) return
      this.#link = undefined
      this.#pid = null
      if (failure) this.#ended(failure)
    })
    log({
      level: 'INFO',
      module: 'backend',
      kind: 'Ready',
      message: 'server is ready',
      pairs: {
        server_id: this.id,
        era: info.era,
        protocol: info.protocolVersion,
        implementation: info.implementation?.name,
      },
    })
    this.#become('up')
    this.#options.onConnected(this, link)
    void link.load()
  }

  #listFault(failure: CallFailure): void {
    this.#figures.fault(failure)
    this.#options.log({
      level: 'WARN',
      module: 'backend',
      kind: failure.kind,
      message: 'a list could not be read in full',
      pairs: {server_id: this.id, error: failure.message, evidence: failure.evidence},
    })
  }

  #ended(failure: CallFailure): void {
    if (this.#status === 'stopped') return
    const {environment, log} = this.#options
    const now = environment.clock.now()
    const healthyMs = this.#upAt === undefined ? 0 : now - this.#upAt
    this.#upAt = undefined
    this.#restarts++
    // A forgotten session says nothing against the backend: the next one is opened at once.
    const forgotten = failure.kind === 'SessionLost'
    const next = forgotten ? {delayMs: 0, crashLoop: false} : this.#policy.ended(now, healthyMs)
    this.#nextStartAt = environment.clock.wallMs() + next.delayMs
    this.#timer = setTimeout(() => void this.#open(), next.delayMs)
    this.#figures.fault(failure)
    log({
      level: 'ERROR',
      module: 'backend',
      kind: failure.kind,
      message: next.crashLoop ? 'server ends again and again' : 'server is gone, it will be started again',
      pairs: {
        server_id: this.id,
        error: failure.message,
        blame: failure.blame,
        evidence: failure.evidence,
        next_start_ms: next.delayMs,
      },
    })
    const away = transportOf(this.config) === 'stdio' || forgotten ? 'restarting' : 'down'
    this.#become(next.crashLoop && away === 'restarting' ? 'crash_loop' : away)
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

  #become(status: ServerStatus): void {
    this.#status = status
    this.#since = this.#options.environment.clock.wallMs()
    this.#notify()
  }

  #notify(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
    this.#options.onChange(this)
  }
}

/** There is no way to this server now, and what is known of why. */
export function unavailable(backend: Backend): CallFailure {
  const {lastError, status} = backend
  return new CallFailure(
    `No backend available: ${backend.id} is ${status.replace('_', ' ')}${lastError === null ? '' : `: ${lastError.message}`}`,
    {
      kind: 'NoBackend',
      blame: lastError?.blame ?? 'backend-process',
      code: rpcCode.noBackend,
      delivered: 'no',
    },
  )
}

/** Nothing could be sent at all: the endpoint is not there. */
function isAway({kind, delivered}: CallFailure): boolean {
  return kind === 'TransportFailed' && delivered === 'no'
}

function unexpected(error: unknown): CallFailure {
  return new CallFailure(messageOf(error), {
    kind: 'Internal',
    blame: 'proxy',
    code: rpcCode.internalError,
    delivered: 'no',
    cause: error,
  })
}
