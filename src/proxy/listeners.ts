import type http from 'node:http'
import type https from 'node:https'
import net from 'node:net'
import type {RuntimeRecord} from '../control/runtime-file.ts'
import type {Clock} from '../shared/clock.ts'
import {describePortOwner} from '../shared/port-owner.ts'
import type {TlsServer} from './access/tls-server.ts'
import {
  type CurrentOptions,
  createHttpServer,
  limitConnections,
  listen,
  listenerOptions,
  requestListener,
} from './http-server.ts'
import {createMetricsServer} from './metrics-server.ts'
import type {RuntimeLog} from './runtime-log.ts'
import {SlowReaders} from './slow-readers.ts'
import {type Wiring, wireGuard} from './wiring.ts'

export interface ListenersOptions {
  /** Says where to listen, and is told where that came to be. */
  readonly record: RuntimeRecord
  /** What requests come to now. */
  readonly wiring: () => Wiring
  readonly metrics: () => string
  readonly clock: Clock
  readonly log: RuntimeLog
}

/** The ports that clients and scrapers come to. They stay as they were opened, whatever stands behind them. */
export class Listeners {
  readonly #options: ListenersOptions
  readonly #front: http.Server
  readonly #metrics: http.Server
  readonly #slowReaders: SlowReaders
  #secure: TlsServer | undefined

  constructor(options: ListenersOptions) {
    this.#options = options
    this.#front = createHttpServer(this.#current)
    this.#slowReaders = new SlowReaders({
      now: options.clock.now,
      onCutOff: (connections, unreadBytes) =>
        options.log.write({
          level: 'WARN',
          module: 'http',
          kind: 'SlowReader',
          message: 'clients did not read their answers and were cut off',
          pairs: {connections, unread_bytes: unreadBytes},
        }),
    })
    this.#front.on('connection', this.#slowReaders.watch)
    this.#metrics = createMetricsServer(options.metrics, request => {
      const {record, wiring} = options
      return wireGuard(wiring().config, record.metricsHost ?? '127.0.0.1')(request)
    })
  }

  /** Of the certificate in use. */
  get tls(): TlsServer['report'] | undefined {
    return this.#secure?.report
  }

  /** @throws AppError `PORT_IN_USE`, `LISTEN_FAILED`, `TLS_CERT` */
  async open(): Promise<void> {
    const {record, wiring, clock, log} = this.#options
    const {config, front} = wiring()
    const {tls, plain} = config.server
    if (tls !== undefined) {
      const {createTlsServer} = await import('./access/tls-server.ts')
      const opened = createTlsServer({
        files: tls,
        certificateProves: config.auth?.enabled === true && config.auth.mtls?.enabled === true,
        handler: requestListener(this.#current, () => opened.server.listening),
        serverOptions: listenerOptions,
        clock,
        log: message => log.write(message),
      })
      this.#secure = opened
      opened.server.on('secureConnection', this.#slowReaders.watch)
      limitConnections(opened.server, front)
    }
    if (plain) record.port = await listen(this.#front, record.host, record.port, 'MCP', describePortOwner)
    if (this.#secure !== undefined) {
      const tlsPort = await listen(this.#secure.server, record.host, tls?.port ?? 0, 'MCP over TLS', describePortOwner)
      record.tlsPort = tlsPort
      if (!plain) {
        record.port = tlsPort
        record.plain = false
      }
    }
    const {metricsHost, metricsPort} = record
    if (metricsHost !== null && metricsPort !== null)
      record.metricsPort = await listen(this.#metrics, metricsHost, metricsPort, 'metrics', describePortOwner)
  }

  /** Another configuration is in force: certificates may come from other files. */
  adopt({config}: Wiring): void {
    if (config.server.tls !== undefined) this.#secure?.use(config.server.tls)
  }

  /** No new connections. Those that are open stay: a request may be on its way on an idle one. */
  stopAccepting(): void {
    // http.Server.close would close idle ones too.
    for (const each of this.#open) net.Server.prototype.close.call(each)
  }

  /** Connections that are still open. */
  async connections(): Promise<number> {
    const counts = this.#open.map(
      each => new Promise<number>(resolve => each.getConnections((error, count) => resolve(error ? 0 : count))),
    )
    return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  }

  /** Those with a request on them stay. */
  closeIdle(): void {
    for (const each of this.#open) each.closeIdleConnections()
  }

  get #open(): (http.Server | https.Server)[] {
    return this.#secure === undefined ? [this.#front] : [this.#front, this.#secure.server]
  }

  close(): void {
    this.#slowReaders.stop()
    this.#secure?.stop()
    for (const each of [this.#front, this.#secure?.server, this.#metrics]) {
      each?.close()
      each?.closeAllConnections()
    }
  }

  readonly #current: CurrentOptions = () => this.#options.wiring().front
}
