import {randomBytes} from 'node:crypto'
import type http from 'node:http'
import {join} from 'node:path'
import type {Config} from '../config/schema.ts'
import type {ReloadReport} from '../control/contract/reload.ts'
import type {Snapshot} from '../control/contract/snapshot.ts'
import type {RuntimeRecord} from '../control/runtime-file.ts'
import {startReaper} from '../mcp/reaper.ts'
import {killOwned} from '../mcp/sweep.ts'
import {knownValuesRedactor} from '../redaction/known-values.ts'
import {systemClock} from '../shared/clock.ts'
import {messageOf} from '../shared/errors.ts'
import {assemble} from './assemble.ts'
import {cacheActions} from './cache/cache-actions.ts'
import {openAnswerCache} from './cache/open-answer-cache.ts'
import {startControlServer} from './control-server.ts'
import {EventLog} from './event-log.ts'
import {healthReport} from './health.ts'
import {Listeners} from './listeners.ts'
import {changeLogLevel} from './logging/change-log-level.ts'
import {LoopLag} from './loop-lag.ts'
import type {Services} from './method-call.ts'
import {metricsText} from './metrics-text.ts'
import {probeNow} from './probe/probe-now.ts'
import {openProfiles, type ProfilingAddress} from './profiling/open-profiles.ts'
import type {RecordingPaths} from './profiling/recording-paths.ts'
import type {ConfigSource} from './reload/config-source.ts'
import {Reload} from './reload/open-reload.ts'
import {swap} from './reload/swap.ts'
import {RequestLedger} from './request-ledger.ts'
import {RequestMetrics} from './request-metrics.ts'
import {openBreakerMemory} from './resilience/breaker-memory.ts'
import {RuntimeLog} from './runtime-log.ts'
import {runtimeRecord} from './runtime-record.ts'
import {openSessionKeys} from './shared/session-keys.ts'
import {openSharedState} from './shared/shared-state.ts'
import {startRequestStore} from './start-request-store.ts'
import {
  claimStateFolder,
  refuseLiveSocket,
  removeRuntimeRecord,
  removeSocket,
  writeRuntimeRecord,
} from './state-folder.ts'
import {takeSnapshot} from './take-snapshot.ts'
import {openWiring, type Wiring, wireGuard} from './wiring.ts'

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
  /** Where the configuration is read anew; without it the one it was started with stays. */
  readonly source?: ConfigSource
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
  /** Takes the configuration file anew; undefined where there is none. */
  reload(): Promise<ReloadReport> | undefined
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
  const cache = await openAnswerCache({config, clock, redactor, log: message => log.write(message)}).catch(
    (error: unknown) => {
      log.close()
      throw error
    },
  )
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

  const record = runtimeRecord({...options, instance, startedAt: events.now(), redactor})
  let state: Snapshot['state'] = 'starting'

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
    cache: cache?.answers,
  })
  const {catalogue, sessions} = inside
  const wire = (next: Config, services: Services, former?: Wiring): Promise<Wiring> =>
    openWiring({
      config: next,
      services,
      former,
      listenHost: record.host,
      catalogue,
      ledger,
      clock,
      log,
      redactor,
      counter: shared?.counter,
      health: () => healthReport(state, inside.backends),
    })
  let wiring = await wire(config, inside.services).catch((error: unknown) => {
    reaper.dismiss()
    lag.stop()
    void Promise.all([inside.stop(), store.close(200), breakers.close(), shared?.close()])
    cache?.close()
    log.close()
    throw error
  })
  let reload: Reload | undefined
  const snapshot = (): Snapshot =>
    takeSnapshot({
      record,
      config: reload?.state ?? {sha256: options.configSha256},
      state,
      events,
      ledger,
      sessions,
      catalogue,
      backends: inside.backends,
      lag,
      log,
      profiling: profiles.address,
      redactor,
      gate: wiring.gate?.report,
      tls: listeners.tls,
      requestLog,
      shared: shared?.report(),
      cache: cache?.report(),
    })
  const listeners = new Listeners({
    record,
    wiring: () => wiring,
    metrics: () =>
      metricsText({
        snapshot: snapshot(),
        requests: requestMetrics,
        backends: inside.backends,
        gate: wiring.gate?.report,
        logLinesLost: log.lost,
        nodeVersion: process.version,
      }),
    clock,
    log,
  })
  let control: http.Server | undefined
  const closeAll = (): void => {
    listeners.close()
    control?.close()
    control?.closeAllConnections()
    lag.stop()
    sessions.stop()
    cache?.close()
  }

  try {
    await listeners.open()
    await profiles.listen(host => wireGuard(config, host))
    await refuseLiveSocket(record.socket)
    removeSocket(record.socket)
    control = await startControlServer({
      socketPath: record.socket,
      events,
      snapshot,
      probe: id => {
        const backend = inside.backends.find(each => each.id === id)
        return backend && probeNow(inside.prober, backend, redactor)
      },
      actions: {
        stop: () => {
          log.audit('stop', {via: 'control socket'})
          setImmediate(() => void stop('the operator asked for it'))
          return {ok: true, message: `stopping pid ${process.pid}`}
        },
        reload: async (args, signal) =>
          (await reload?.action(args, signal)) ?? {ok: false, message: 'this runtime has no configuration file'},
        log_level: args => changeLogLevel(log, args),
        ...profiles.actions,
        ...cacheActions(cache, () => inside.backends, log),
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
  inside.start()
  state = 'running'
  const where = {host: record.host, port: record.port, config: options.configPath, servers: inside.backends.length}
  log.write({level: 'INFO', module: 'runtime', kind: 'Started', message: 'listening', pairs: where})
  events.emit({type: 'lifecycle', what: 'started', message: `listening on ${record.host}:${record.port}`})

  if (options.source !== undefined) {
    reload = new Reload({
      source: options.source,
      config,
      sha256: options.configSha256,
      stateDir: options.stateDir,
      version: options.version,
      clock,
      log,
      events,
      learn: secrets => redactor.learn(secrets),
      running: () => state === 'running',
      healthy: () => healthReport(state, inside.backends).status === 'ok',
      apply: next =>
        swap(next, {
          inside,
          now: clock.now,
          running: () => state === 'running',
          wire: (own, plan) => wire(own, inside.servicesFor(plan), wiring),
          use: taken => {
            wiring = taken
            listeners.adopt(taken)
            const {level: general, modules: own = {}, format: form} = taken.config.observability.logging
            log.configure({level: general, modules: own}, form)
          },
        }),
    })
  }

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
    const {shutdown_timeout} = wiring.config.server
    const until = clock.now() + shutdown_timeout
    state = 'draining'
    reload?.stop()
    log.write({
      level: 'INFO',
      module: 'runtime',
      kind: 'Draining',
      message: 'no new requests, waiting for those in flight',
      pairs: {reason, in_flight: ledger.inFlight},
    })
    events.emit({type: 'lifecycle', what: 'draining', message: reason})
    listeners.stopAccepting()
    sessions.endStreams()
    // Children get the last part of the time, requests in flight what comes before.
    const childGraceMs = Math.min(2000, shutdown_timeout / 2)
    while (ledger.inFlight > 0 && clock.now() < until - childGraceMs)
      await new Promise(resolve => setTimeout(resolve, 20))
    await inside.stop()
    shared?.close()
    await inside.stopServers(Math.max(100, Math.min(childGraceMs, until - clock.now())))
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
    reload: () => reload?.request('signal'),
    reopenLogs: () => log.reopen(),
    crash: error => {
      log.panic(error)
      killOwned(instance)
    },
  }
}
