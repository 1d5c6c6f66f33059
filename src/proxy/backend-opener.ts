import type {BackendConfig} from '../config/schema.ts'
import type {BackendConnection, ConnectionEvents} from '../mcp/connection.ts'
import type {ClientIdentity} from '../mcp/handshake.ts'
import {Ring} from '../shared/ring.ts'
import {lastLinesKept} from '../shared/telling-lines.ts'
import {type BackendAccess, openBackendAccess} from './backend-access.ts'
import {OddityLog} from './oddity-log.ts'
import {type BackendEnvironment, EndedDuringDiscover, openBackend} from './open-backend.ts'
import type {LogMessage} from './runtime-log.ts'

export interface BackendOpenerOptions {
  readonly config: BackendConfig
  readonly environment: BackendEnvironment
  /** The command line or endpoint for people, without secrets. */
  readonly target: string
  readonly log: (message: LogMessage) => void
}

const stderrKept = 50

/** Opens connections to one server, and keeps what its processes say on stderr. */
export class BackendOpener {
  readonly #options: BackendOpenerOptions
  readonly #stderr = new Ring<string>(stderrKept)
  readonly #oddities: OddityLog
  /** Of the newest process only: an earlier one's words explain nothing. */
  #lastWords: string[] = []
  #access: Promise<BackendAccess> | undefined
  #legacy = false
  #stopped = false
  #garbage: {lines: number; last: string; atMs: number} | undefined

  constructor(options: BackendOpenerOptions) {
    this.#options = options
    this.#oddities = new OddityLog(options.config.id, options.environment.clock.now, options.log)
  }

  /** Lines on stdout that were no messages, of all processes so far. */
  get garbage(): Readonly<{lines: number; last: string; atMs: number}> | undefined {
    return this.#garbage
  }

  /** Lines of stderr, the newest last. */
  get stderrTail(): readonly string[] {
    return this.#stderr.toArray()
  }

  /** How we show the server who we are; one token for all connections to it. */
  access(): Promise<BackendAccess> {
    const {config, environment, log} = this.#options
    const {stateDir, clock, learnSecret} = environment
    this.#access ??= openBackendAccess({config, stateDir, clock, learnSecret, log})
    return this.#access
  }

  /** From now on nothing is started any more. */
  stop(): void {
    this.#stopped = true
  }

  /**
   * Starts or connects. A server that ends itself when it is asked for its era is started once more without that, and
   * from then on always.
   * @throws CallFailure
   */
  async open(
    identity: ClientIdentity,
    events: Omit<ConnectionEvents, 'onOddity'>,
    onPid: (pid: number) => void = () => {},
  ): Promise<BackendConnection> {
    this.#lastWords = []
    let connection: BackendConnection
    try {
      connection = await this.#openOnce(identity, events, onPid)
    } catch (error) {
      // Ended by us, it would be started again behind the runtime's back.
      if (!(error instanceof EndedDuringDiscover) || this.#stopped) throw error
      this.#legacy = true
      connection = await this.#openOnce(identity, events, onPid)
    }
    this.#legacy = connection.info.era === 'legacy'
    return connection
  }

  #odd(kind: string, detail: string): void {
    this.#oddities.note(kind, detail)
    if (kind !== 'StdoutGarbage') return
    const lines = (this.#garbage?.lines ?? 0) + 1
    this.#garbage = {lines, last: detail, atMs: this.#options.environment.clock.wallMs()}
  }

  #openOnce(
    identity: ClientIdentity,
    events: Omit<ConnectionEvents, 'onOddity'>,
    onPid: (pid: number) => void,
  ): Promise<BackendConnection> {
    const {config, environment, log, target} = this.#options
    return openBackend({
      config,
      environment: {...environment, identity},
      generation: environment.nextStart(),
      era: this.#legacy ? 'legacy' : 'unknown',
      events: {...events, onOddity: (kind, detail) => this.#odd(kind, detail)},
      onSpawn: pid => {
        onPid(pid)
        const pairs = {server_id: config.id, pid, command: target}
        log({level: 'INFO', module: 'backend', kind: 'Spawned', message: 'server process started', pairs})
      },
      onStderr: line => this.#said(line),
      onStderrDropped: bytes => {
        const pairs = {server_id: config.id, dropped_bytes: bytes}
        log({
          level: 'WARN',
          module: 'backend',
          kind: 'StderrFlood',
          message: 'stderr comes faster than it is kept',
          pairs,
        })
      },
      stderrTail: () => this.#lastWords,
      access: () => this.access(),
    })
  }

  #said(line: string): void {
    const {config, environment, log} = this.#options
    this.#stderr.push(line)
    this.#lastWords = [...this.#lastWords.slice(1 - lastLinesKept), line]
    const requestId = environment.onlyRequestAt(config.id)
    log({level: 'INFO', module: 'stderr', kind: 'Stderr', message: line, requestId, pairs: {server_id: config.id}})
  }
}
