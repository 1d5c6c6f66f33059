import type {BackendConfig} from '../config/schema.ts'
import type {ServerSnapshot, ServerStatus} from '../control/contract.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {CancelSignal} from '../mcp/cancel-source.ts'
import type {BackendAnswer, BackendCall, BackendConnection, BackendInfo, ConnectionEvents} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import {errorValue} from '../mcp/json-rpc.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {messageOf} from '../shared/errors.ts'
import {LatencyHistogram} from '../shared/latency-buckets.ts'
import {Ring} from '../shared/ring.ts'
import {type BackendLists, Link} from './link.ts'
import {type Naming, namingOf} from './names.ts'
import {OddityLog} from './oddity-log.ts'
import {
  type BackendEnvironment,
  EndedDuringDiscover,
  handshakeTimeoutMs,
  openBackend,
  transportOf,
} from './open-backend.ts'
import {RestartPolicy} from './restart-policy.ts'
import type {LogMessage} from './runtime-log.ts'

export interface BackendOptions {
  readonly config: BackendConfig
  readonly environment: BackendEnvironment
  readonly defaultTimeoutMs: number
  /** The command line or endpoint for people, without secrets. */
  readonly target: string
  readonly log: (message: LogMessage) => void
  /** Status, lists or last error changed. */
  readonly onChange: (backend: Backend) => void
  readonly onConnected: (backend: Backend, link: Link) => void
  readonly onNotification: (backend: Backend, method: string, params: Buffer | null) => void
}

const stderrKept = 50

/** One configured server: its connection, its life (start, end, start again) and what is known of it. */
export class Backend {
  readonly config: BackendConfig
  readonly naming: Naming
  readonly latency = new LatencyHistogram()
  /** Failures by kind. */
  readonly failures = new Map<string, number>()
  readonly #options: BackendOptions
  readonly #policy = new RestartPolicy()
  readonly #stderr = new Ring<string>(stderrKept)
  readonly #oddities: OddityLog
  /** Of the current process only: an earlier one's words explain nothing. */
  #lastWords: string[] = []
  #link: Link | undefined
  #status: ServerStatus
  #since: number
  #startingSince: number
  #lists: BackendLists | undefined
  #info: BackendInfo | undefined
  #era: 'unknown' | 'legacy' = 'unknown'
  #generation = 0
  #restarts = 0
  #pid: number | null = null
  #upAt: number | undefined
  #nextStartAt: number | null = null
  #timer: NodeJS.Timeout | undefined
  #lastError: ServerSnapshot['lastError'] = null
  #inFlight = 0
  #requests = 0
  #errors = 0
  #waiters: (() => void)[] = []

  constructor(options: BackendOptions) {
    this.#options = options
    this.config = options.config
    this.naming = namingOf(options.config)
    this.#status = options.config.enabled && transportOf(options.config) !== 'none' ? 'starting' : 'disabled'
    this.#since = options.environment.clock.wallMs()
    this.#startingSince = options.environment.clock.now()
    this.#oddities = new OddityLog(options.config.id, options.environment.clock.now, options.log)
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

  get lastError(): ServerSnapshot['lastError'] {
    return this.#lastError
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
    const {clock} = this.#options.environment
    this.#inFlight++
    this.#requests++
    const startedAt = clock.now()
    try {
      const answer = await connection.call(call)
      this.latency.record(clock.now() - startedAt)
      if (answer.kind === 'error') this.#errors++
      return answer
    } catch (error) {
      if (error instanceof CallFailure && error.blame !== 'client') {
        this.#errors++
        this.#fault(error)
      }
      throw error
    } finally {
      this.#inFlight--
    }
  }

  /**
   * A further connection, for clients that need one of their own: a child or a session that declares what they declared.
   * @throws CallFailure
   */
  async openLink(identity: ClientIdentity, events: Omit<ConnectionEvents, 'onOddity'>): Promise<Link> {
    await this.whenUp(this.timeoutMs)
    let link: Link | undefined
    const connection = await this.#openConnection(identity, {
      onRequest: events.onRequest,
      onNotification: async (method, params) => {
        await link?.changed(method)
        events.onNotification(method, params)
      },
      onOddity: (kind, detail) => this.#oddities.note(kind, detail),
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
    clearTimeout(this.#timer)
    this.#nextStartAt = null
    const connection = this.#link?.connection
    this.#link = undefined
    if (this.#status !== 'disabled') this.#become('stopped')
    await connection?.close(graceMs)
  }

  /** stderr lines that came in, newest last. */
  get stderrTail(): readonly string[] {
    return this.#stderr.toArray()
  }

  snapshot(): ServerSnapshot {
    const info = this.#link?.connection.info
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
      inFlight: this.#inFlight,
      requests: this.#requests,
      errors: this.#errors,
      latency: this.latency.toSparse(),
      lastError: this.#lastError,
      nextStartAt: this.#nextStartAt === null ? null : iso(this.#nextStartAt),
      stderrTail: this.#stderr.toArray().slice(-10),
    }
  }

  async #open(): Promise<void> {
    this.#lastWords = []
    this.#startingSince = this.#options.environment.clock.now()
    this.#nextStartAt = null
    try {
      const connection = await this.#openConnection(
        this.#options.environment.identity,
        this.#connectionEvents(),
        pid => {
          this.#pid = pid
        },
      )
      if (this.#status === 'stopped') return await connection.close(500)
      this.#opened(connection)
    } catch (error) {
      this.#pid = null
      this.#ended(error instanceof CallFailure ? error : unexpected(error))
    }
  }

  /** Starts or connects; a server that ends itself when it is asked for its era is started once more without that. */
  async #openConnection(
    identity: ClientIdentity,
    events: ConnectionEvents,
    onPid: (pid: number) => void = () => {},
  ): Promise<BackendConnection> {
    const {environment, log, target} = this.#options
    const open = (): Promise<BackendConnection> =>
      openBackend({
        config: this.config,
        environment: {...environment, identity},
        generation: ++this.#generation,
        era: this.#era,
        events,
        onSpawn: pid => {
          onPid(pid)
          log({
            level: 'INFO',
            module: 'backend',
            kind: 'Spawned',
            message: 'server process started',
            pairs: {server_id: this.id, pid, command: target},
          })
        },
        onStderr: line => this.#stderrLine(line),
        onStderrDropped: bytes =>
          log({
            level: 'WARN',
            module: 'backend',
            kind: 'StderrFlood',
            message: 'stderr comes faster than it is kept',
            pairs: {server_id: this.id, dropped_bytes: bytes},
          }),
        stderrTail: () => this.#lastWords,
      })
    try {
      return await open()
    } catch (error) {
      if (!(error instanceof EndedDuringDiscover) || this.#status === 'stopped') throw error
      this.#era = 'legacy'
      return open()
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
    this.#era = info.era === 'legacy' ? 'legacy' : 'unknown'
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
    this.#fault(failure)
    this.#options.log({
      level: 'WARN',
      module: 'backend',
      kind: failure.kind,
      message: 'a list could not be read',
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
    const next = this.#policy.ended(now, healthyMs)
    this.#nextStartAt = environment.clock.wallMs() + next.delayMs
    this.#timer = setTimeout(() => void this.#open(), next.delayMs)
    this.#fault(failure)
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
    const away = transportOf(this.config) === 'stdio' ? 'restarting' : 'down'
    this.#become(next.crashLoop && away === 'restarting' ? 'crash_loop' : away)
  }

  #connectionEvents(): ConnectionEvents {
    return {
      // Roots are declared to backends (their tools may depend on it), and this runtime has none of its own.
      onRequest: async method => {
        if (method === 'ping') return {kind: 'result', value: Buffer.from('{}')}
        if (method === 'roots/list') return {kind: 'result', value: Buffer.from('{"roots":[]}')}
        return {kind: 'error', value: errorValue(rpcCode.methodNotFound, `Method not found: ${method}`)}
      },
      onNotification: (method, params) => void this.notified(method, params),
      onOddity: (kind, detail) => this.#oddities.note(kind, detail),
    }
  }

  #stderrLine(line: string): void {
    this.#stderr.push(line)
    this.#lastWords = [...this.#lastWords.slice(-2), line]
    this.#options.log({level: 'INFO', module: 'stderr', kind: 'Stderr', message: line, pairs: {server_id: this.id}})
  }

  #fault(failure: CallFailure): void {
    this.failures.set(failure.kind, (this.failures.get(failure.kind) ?? 0) + 1)
    this.#lastError = {
      at: new Date(this.#options.environment.clock.wallMs()).toISOString(),
      kind: failure.kind,
      message: failure.evidence === undefined ? failure.message : `${failure.message} (${failure.evidence})`,
      blame: failure.blame,
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

function unexpected(error: unknown): CallFailure {
  return new CallFailure(messageOf(error), {
    kind: 'Internal',
    blame: 'proxy',
    code: rpcCode.internalError,
    delivered: 'no',
    cause: error,
  })
}
