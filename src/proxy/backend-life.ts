import type {BackendConfig} from '../config/schema.ts'
import type {ServerStatus} from '../control/contract/server.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendConnection, BackendInfo, ConnectionEvents} from '../mcp/connection.ts'
import {rpcCode} from '../mcp/protocol.ts'
import {messageOf} from '../shared/errors.ts'
import type {BackendOpener} from './backend-opener.ts'
import {type BackendLists, Link} from './link.ts'
import {type BackendEnvironment, handshakeTimeoutMs, transportOf} from './open-backend.ts'
import {RestartPolicy} from './restart-policy.ts'
import type {LogMessage} from './runtime-log.ts'

export interface BackendLifeOptions {
  readonly config: BackendConfig
  readonly environment: BackendEnvironment
  readonly opener: BackendOpener
  readonly timeoutMs: () => number
  readonly events: Omit<ConnectionEvents, 'onOddity'>
  readonly log: (message: LogMessage) => void
  /** Status or lists changed. */
  readonly onChange: () => void
  readonly onConnected: (link: Link) => void
  readonly onLists: (lists: BackendLists) => void
  readonly onListFault: (failure: CallFailure) => void
  /** @param servedMs how long the connection held; undefined where there never was one */
  readonly onEnded: (failure: CallFailure, servedMs: number | undefined) => void
}

/** The life of one server: started, up, lost, started again with a growing delay, stopped. */
export class BackendLife {
  readonly #options: BackendLifeOptions
  readonly #policy = new RestartPolicy()
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

  constructor(options: BackendLifeOptions) {
    this.#options = options
    this.#status = options.config.enabled && transportOf(options.config) !== 'none' ? 'starting' : 'disabled'
    this.#since = options.environment.clock.wallMs()
    this.#startingSince = options.environment.clock.now()
  }

  get status(): ServerStatus {
    return this.#status
  }

  /** Wall clock milliseconds. */
  get since(): number {
    return this.#since
  }

  get link(): Link | undefined {
    return this.#link
  }

  get info(): BackendInfo | undefined {
    return this.#info
  }

  get lists(): BackendLists | undefined {
    return this.#lists
  }

  get restarts(): number {
    return this.#restarts
  }

  get pid(): number | null {
    return this.#pid
  }

  /** Wall clock milliseconds of the next start; null while none is planned. */
  get nextStartAt(): number | null {
    return this.#nextStartAt
  }

  /** Since when it has served, monotonic milliseconds; undefined while it does not. */
  get upAt(): number | undefined {
    return this.#upAt
  }

  /** For how long it has been starting, or listing its tools for the first time; undefined when it is not. */
  get settlingMs(): number | undefined {
    const settling = this.#status === 'starting' || (this.#status === 'up' && this.#lists === undefined)
    return settling ? this.#options.environment.clock.now() - this.#startingSince : undefined
  }

  start(): void {
    if (this.#status !== 'disabled') void this.#open()
  }

  /** Resolves when the status or the lists have changed, or after `timeoutMs`. */
  changed(timeoutMs: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#waiters.push(() => {
        clearTimeout(timer)
        resolve()
      })
    })
  }

  /** The connection leads nowhere any more: it is made anew, with the delays of any other loss. */
  lost(connection: BackendConnection, failure: CallFailure): void {
    if (this.#link?.connection !== connection) return
    this.#link = undefined
    void connection.close(500)
    this.#ended(failure)
  }

  /** Health probes speak of the connection that stands: it counts as down while they fail. */
  probed(healthy: boolean): void {
    if (this.#link === undefined || (this.#status !== 'up' && this.#status !== 'down')) return
    this.#become(healthy ? 'up' : 'down')
  }

  async stop(graceMs: number): Promise<void> {
    this.#options.opener.stop()
    clearTimeout(this.#timer)
    this.#nextStartAt = null
    const connection = this.#link?.connection
    this.#link = undefined
    if (this.#status !== 'disabled') this.#become('stopped')
    await connection?.close(graceMs)
  }

  async #open(): Promise<void> {
    const {environment, events, opener} = this.#options
    this.#startingSince = environment.clock.now()
    this.#nextStartAt = null
    try {
      const connection = await opener.open(environment.identity, events, pid => {
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
    const {config, environment, log} = this.#options
    const {info} = connection
    const link = new Link({
      connection,
      identity: environment.identity,
      timeoutMs: Math.min(this.#options.timeoutMs(), handshakeTimeoutMs),
      onLists: () => {
        if (this.#link !== link || link.lists === undefined) return
        this.#lists = link.lists
        this.#options.onLists(link.lists)
        this.#notify()
      },
      onFault: failure => this.#options.onListFault(failure),
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
        server_id: config.id,
        era: info.era,
        protocol: info.protocolVersion,
        implementation: info.implementation?.name,
      },
    })
    this.#become('up')
    this.#options.onConnected(link)
    void link.load()
  }

  #ended(failure: CallFailure): void {
    if (this.#status === 'stopped') return
    const {config, environment, log} = this.#options
    const now = environment.clock.now()
    const servedMs = this.#upAt === undefined ? undefined : now - this.#upAt
    this.#upAt = undefined
    this.#restarts++
    // A forgotten session says nothing against the backend: the next one is opened at once.
    const forgotten = failure.kind === 'SessionLost'
    const next = forgotten ? {delayMs: 0, crashLoop: false} : this.#policy.ended(now, servedMs ?? 0)
    this.#nextStartAt = environment.clock.wallMs() + next.delayMs
    this.#timer = setTimeout(() => void this.#open(), next.delayMs)
    this.#options.onEnded(failure, servedMs)
    log({
      level: 'ERROR',
      module: 'backend',
      kind: failure.kind,
      message: next.crashLoop ? 'server ends again and again' : 'server is gone, it will be started again',
      pairs: {
        server_id: config.id,
        error: failure.message,
        blame: failure.blame,
        evidence: failure.evidence,
        next_start_ms: next.delayMs,
      },
    })
    const away = transportOf(config) === 'stdio' || forgotten ? 'restarting' : 'down'
    this.#become(next.crashLoop && away === 'restarting' ? 'crash_loop' : away)
  }

  #become(status: ServerStatus): void {
    // Each attempt to reach a server that is down ends with what it was: since when stays what it was too.
    if (status !== this.#status) this.#since = this.#options.environment.clock.wallMs()
    this.#status = status
    this.#notify()
  }

  #notify(): void {
    const waiters = this.#waiters
    this.#waiters = []
    for (const wake of waiters) wake()
    this.#options.onChange()
  }
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
