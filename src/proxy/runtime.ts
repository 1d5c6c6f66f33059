import {randomBytes} from 'node:crypto'
import type http from 'node:http'
import {join} from 'node:path'
import {anonymous} from '../auth/identity.ts'
import type {Config} from '../config/schema.ts'
import type {Snapshot} from '../control/contract.ts'
import type {RuntimeRecord} from '../control/runtime-file.ts'
import {startReaper} from '../mcp/reaper.ts'
import {killOwned} from '../mcp/sweep.ts'
import {knownValuesRedactor} from '../redaction/known-values.ts'
import {systemClock} from '../shared/clock.ts'
import {messageOf} from '../shared/errors.ts'
import {describePortOwner} from '../shared/port-owner.ts'
import {readProcessStat} from '../shared/proc.ts'
import {openGate} from './access/open-gate.ts'
import {resourceMetadata} from './access/resource-metadata.ts'
import type {TlsServer} from './access/tls-server.ts'
import {assemble} from './assemble.ts'
import {startControlServer} from './control-server.ts'
import {EventLog} from './event-log.ts'
import {healthReport} from './health.ts'
import {
  createHttpServer,
  type HttpServerOptions,
  limitConnections,
  listen,
  listenerOptions,
  requestListener,
} from './http-server.ts'
import {changeLogLevel} from './logging/change-log-level.ts'
import {LoopLag} from './loop-lag.ts'
import {McpEndpoint} from './mcp-endpoint.ts'
import {createMetricsServer} from './metrics-server.ts'
import {metricsText} from './metrics-text.ts'
import {probeNow} from './probe/probe-now.ts'
import {openProfiles, type ProfilingAddress} from './profiling/open-profiles.ts'
import type {RecordingPaths} from './profiling/recording-paths.ts'
import {RequestLedger} from './request-ledger.ts'
import {RequestMetrics} from './request-metrics.ts'
import {openBreakerMemory} from './resilience/breaker-memory.ts'
import {RuntimeLog} from './runtime-log.ts'
import {openSessionKeys} from './shared/session-keys.ts'
import {openSharedState} from './shared/shared-state.ts'
import {startRequestStore} from './start-request-store.ts'
import {
  claimStateFolder,
  controlSocketPath,
  refuseLiveSocket,
  removeRuntimeRecord,
  removeSocket,
  writeRuntimeRecord,
} from './state-folder.ts'
import {takeSnapshot} from './take-snapshot.ts'
import {TraceContexts} from './trace-id.ts'
import {createWireGuard} from './wire-guard.ts'

export interface RuntimeOptions {
  readonly config: Config
  readonly configPath: string | null
  readonly configSha256: string
  /** Exact values that must never be shown. */
  readonly secrets: readonly string[]
  readonly stateDir: string
  readonly logDir: string
  readonly version: string
  readonly argv: readonly string[]
  /** Files that are recorded into from the start on. */
  readonly recordings?: RecordingPaths
}

/** A running proxy, from the outside. */
export interface Runtime {
  readonly record: RuntimeRecord
  /** Where profiles are served; null while they are not. */
  readonly profiling: ProfilingAddress | null
  /** Resolves when it has ended. */
  readonly ended: Promise<void>
  /** Drains and ends within the shutdown deadline; a second call waits for the first. */
  stop(reason: string): Promise<void>
  /** Log files were renamed: go on in new ones. */
  reopenLogs(): void
  /** After a fault that cannot be handled: logs it and kills the children, at once. The process must end then. */
  crash(error: unknown): void
}

/**
 * Starts the proxy: ports first, so that a start that cannot serve starts no child.
 * @throws AppError that says what is in the way; nothing is left behind then
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const {config} = options
  const clock = systemClock
  const instance = randomBytes(4).toString('hex')
  const leftover = await claimStateFolder(options.stateDir)
  const events = new EventLog(instance, clock)
  const redactor = knownValuesRedactor(options.secrets)
  const {level, modules = {}, format, rotation} = config.observability.logging
  const log = new RuntimeLog({
    folder: options.logDir,
    filter: {level, modules},
    rotation: rotation.enabled
      ? {maxBytes: rotation.max_size, maxAgeMs: rotation.max_age, keep: rotation.keep}
      : undefined,
    format,
    events,
    redactor,
  })
  const profiles = await openProfiles({config: config.profiling, paths: options.recordings ?? {}, events, log})
  const requestMetrics = new RequestMetrics()
  const warnOfKey = (message: string): void =>
    log.write({level: 'WARN', module: 'runtime', kind: 'SessionKey', message})
  const keys = openSessionKeys(config.server, options.stateDir, warnOfKey)
  const shared = await openSharedState(config, {
    instance,
    redactor,
    now: () => events.now(),
    log: message => log.write(message),
  })
  if (shared && !keys.configured) warnOfKey('Redis is shared and server.session_key is not set: sessions stay here')
  const store = await startRequestStore(config, options.stateDir, log)
  const requestLog = store.requests
  const ledger = new RequestLedger(instance, {clock, log, events, metrics: requestMetrics, requestLog})
  const server = {name: 'only1mcp', version: options.version}
  // Roots are declared because servers offer more tools to a client that has them; this runtime has none of its own.
  const identity = {info: server, capabilities: {roots: {listChanged: false}}}

  const record: RuntimeRecord = {
    schemaVersion: 1,
    instance,
    pid: process.pid,
    startTicks: readProcessStat(process.pid)?.startTicks ?? 0,
    startedAt: events.now(),
    argv: options.argv.slice(0, 256).map(argument => redactor.text(argument)),
    version: options.version,
    configPath: options.configPath,
    statePath: options.stateDir,
    logPath: options.logDir,
    host: config.server.host,
    port: config.server.port,
    metricsHost: config.observability.metrics.enabled ? config.observability.metrics.host : null,
    metricsPort: config.observability.metrics.enabled ? config.observability.metrics.port : null,
    socket: controlSocketPath(options.stateDir),
  }
  let state: Snapshot['state'] = 'starting'

  const guardOf = (listenHost: string) =>
    createWireGuard({
      listenHost,
      allowedHosts: config.server.allowed_hosts,
      allowedOrigins: config.server.allowed_origins,
    })
  const lag = new LoopLag()
  const reaper = startReaper(instance, error =>
    log.write({
      level: 'ERROR',
      module: 'runtime',
      kind: 'ReaperFailed',
      message: 'children would outlive a crash',
      pairs: {error: messageOf(error)},
    }),
  )
  const breakers = await openBreakerMemory(join(options.stateDir, 'circuit_breakers.db'), message =>
    log.write({level: 'WARN', module: 'store', kind: 'BreakerStates', message}),
  )
  const inside = assemble({
    keys,
    shared,
    config,
    instance,
    clock,
    events,
    log,
    redactor,
    identity,
    server,
    reaper,
    stateDir: options.stateDir,
    health: store.health,
    breakers,
  })
  const {backends, catalogue, sessions} = inside
  const gate = await openGate({
    config,
    services: inside.services,
    clock,
    log: message => log.write(message),
    counter: shared?.counter,
  }).catch((error: unknown) => {
    reaper.dismiss()
    lag.stop()
    void Promise.all([inside.stop(), store.close(200), breakers.close(), shared?.close()])
    log.close()
    throw error
  })
  const {tracing} = config.observability
  const traces = new TraceContexts({
    ownTraces: tracing?.enabled === true ? {sampleRatio: tracing.sample_ratio} : undefined,
  })
  const endpoint = new McpEndpoint({
    traces,
    authIsOn: config.auth?.enabled === true,
    services: inside.services,
    redactor,
    maxBodyBytes: config.server.max_body_size,
    requestTimeoutMs: Math.max(config.server.request_timeout, ...config.servers.map(each => each.timeout ?? 0)),
    principalOf: gate === undefined ? () => anonymous : request => gate.principalOf(request),
    ...(gate && {viewOf: request => gate.viewOf(request)}),
  })
  const frontOptions: HttpServerOptions = {
    guard: guardOf(config.server.host),
    gate,
    endpoint,
    ledger,
    health: () => healthReport(state, backends),
    toolsDocument: async request => {
      const lists = gate?.listsFor(request, catalogue) ?? catalogue
      const list = await lists.settled(config.server.list_timeout)
      return Buffer.concat([Buffer.from('{"tools":['), list.lists.tools.elements, Buffer.from(']}\n')])
    },
    documents: resourceMetadata(config.auth?.enabled === true ? config.auth.oauth : undefined),
    traces,
    now: clock.now,
    maxConnections: 10_000,
  }
  const front = createHttpServer(frontOptions)
  let secure: TlsServer | undefined
  const snapshot = (): Snapshot =>
    takeSnapshot({
      record,
      configSha256: options.configSha256,
      state,
      events,
      ledger,
      sessions,
      catalogue,
      backends,
      lag,
      log,
      profiling: profiles.address,
      redactor,
      gate: gate?.report,
      tls: secure?.report,
      requestLog,
      shared: shared?.report(),
    })
  const metricsServer = createMetricsServer(
    () =>
      metricsText({
        snapshot: snapshot(),
        requests: requestMetrics,
        backends,
        gate: gate?.report,
        logLinesLost: log.lost,
        nodeVersion: process.version,
      }),
    guardOf(config.observability.metrics.host),
  )
  let control: http.Server | undefined
  const closeAll = (): void => {
    secure?.stop()
    for (const each of [front, secure?.server, metricsServer, control]) {
      each?.close()
      each?.closeAllConnections()
    }
    lag.stop()
    sessions.stop()
  }

  try {
    const {tls, plain} = config.server
    if (tls !== undefined) {
      const {createTlsServer} = await import('./access/tls-server.ts')
      const opened = createTlsServer({
        files: tls,
        certificateProves: config.auth?.enabled === true && config.auth.mtls?.enabled === true,
        handler: requestListener(frontOptions, () => opened.server.listening),
        serverOptions: listenerOptions,
        clock,
        log: message => log.write(message),
      })
      secure = opened
      limitConnections(opened.server, frontOptions)
    }
    if (plain) record.port = await listen(front, record.host, record.port, 'MCP', describePortOwner)
    if (secure !== undefined) {
      const tlsPort = await listen(secure.server, record.host, tls?.port ?? 0, 'MCP over TLS', describePortOwner)
      record.tlsPort = tlsPort
      if (!plain) {
        record.port = tlsPort
        record.plain = false
      }
    }
    if (record.metricsHost !== null && record.metricsPort !== null) {
      record.metricsPort = await listen(
        metricsServer,
        record.metricsHost,
        record.metricsPort,
        'metrics',
        describePortOwner,
      )
    }
    await profiles.listen(guardOf)
    await refuseLiveSocket(record.socket)
    removeSocket(record.socket)
    control = await startControlServer({
      socketPath: record.socket,
      events,
      snapshot,
      probe: id => {
        const backend = backends.find(each => each.id === id)
        return backend && probeNow(inside.prober, backend, redactor)
      },
      actions: {
        stop: () => {
          log.audit('stop', {via: 'control socket'})
          setImmediate(() => void stop('the operator asked for it'))
          return {ok: true, message: `stopping pid ${process.pid}`}
        },
        log_level: args => changeLogLevel(log, args),
        ...profiles.actions,
      },
    })
    writeRuntimeRecord(record)
  } catch (error) {
    reaper.dismiss()
    closeAll()
    await Promise.all([store.close(200), breakers.close(), shared?.close()])
    await profiles.stop()
    log.write({
      level: 'ERROR',
      module: 'runtime',
      kind: 'StartFailed',
      message: 'the runtime cannot start',
      pairs: {error: messageOf(error)},
    })
    log.close()
    throw error
  }

  if (leftover) {
    log.write({
      level: 'WARN',
      module: 'runtime',
      kind: 'CrashLeftovers',
      message: 'an earlier runtime ended without order',
      pairs: {pid: leftover.record.pid, instance: leftover.record.instance, children_killed: leftover.killed.length},
    })
  }
  for (const backend of backends) backend.start()
  inside.prober.start()
  state = 'running'
  const where = {host: record.host, port: record.port, config: options.configPath, servers: backends.length}
  log.write({level: 'INFO', module: 'runtime', kind: 'Started', message: 'listening', pairs: where})
  events.emit({type: 'lifecycle', what: 'started', message: `listening on ${record.host}:${record.port}`})

  let tellEnded: () => void = () => {}
  const ended = new Promise<void>(resolve => {
    tellEnded = resolve
  })
  let stopping: Promise<void> | undefined
  const stop = (reason: string): Promise<void> => {
    stopping ??= drain(reason)
    return stopping
  }

  async function drain(reason: string): Promise<void> {
    const until = clock.now() + config.server.shutdown_timeout
    state = 'draining'
    log.write({
      level: 'INFO',
      module: 'runtime',
      kind: 'Draining',
      message: 'no new requests, waiting for those in flight',
      pairs: {reason, in_flight: ledger.inFlight},
    })
    events.emit({type: 'lifecycle', what: 'draining', message: reason})
    for (const each of [front, secure?.server]) {
      each?.close()
      each?.closeIdleConnections()
    }
    sessions.endStreams()
    // Children get the last part of the time, requests in flight what comes before.
    const childGraceMs = Math.min(2000, config.server.shutdown_timeout / 2)
    while (ledger.inFlight > 0 && clock.now() < until - childGraceMs)
      await new Promise(resolve => setTimeout(resolve, 20))
    await inside.stop()
    shared?.close()
    await Promise.all(backends.map(backend => backend.stop(Math.max(100, Math.min(childGraceMs, until - clock.now())))))
    const left = killOwned(instance)
    log.write({
      level: 'INFO',
      module: 'runtime',
      kind: 'Stopped',
      message: 'the runtime has ended',
      pairs: {reason, cut_off: ledger.inFlight, killed_leftovers: left.length},
    })
    events.emit({type: 'lifecycle', what: 'stopped', message: reason})
    reaper.dismiss()
    closeAll()
    // What was cut off closes now, and is a row too.
    await new Promise(resolve => setImmediate(resolve))
    await Promise.all([store.close(Math.max(500, until - clock.now())), breakers.close()])
    await profiles.stop()
    removeRuntimeRecord(record)
    removeSocket(record.socket)
    log.close()
    tellEnded()
  }

  return {
    record,
    profiling: profiles.address,
    ended,
    stop,
    reopenLogs: () => log.reopen(),
    crash: error => {
      log.panic(error)
      killOwned(instance)
    },
  }
}
