import type http from 'node:http'
import type {Config} from '../config/schema.ts'
import type {ReloadReport} from '../control/contract/reload.ts'
import type {Snapshot} from '../control/contract/snapshot.ts'
import type {RuntimeRecord} from '../control/runtime-file.ts'
import {killOwned} from '../mcp/sweep.ts'
import {messageOf} from '../shared/errors.ts'
import {assemble} from './assemble.ts'
import {controlActions} from './control-actions.ts'
import {startControlServer} from './control-server.ts'
import {drain} from './drain.ts'
import {healthReport} from './health.ts'
import {keepRecord} from './keep-record.ts'
import {Listeners} from './listeners.ts'
import {logSettings} from './logging/log-settings.ts'
import type {Services} from './method-call.ts'
import {metricsText} from './metrics-text.ts'
import type {ProfilingAddress} from './profiling/open-profiles.ts'
import {Reload} from './reload/open-reload.ts'
import {swap} from './reload/swap.ts'
import type {RuntimeOptions} from './runtime-options.ts'
import {openParts} from './runtime-parts.ts'
import {runtimeRecord} from './runtime-record.ts'
import {claimStateFolder, refuseLiveSocket, removeRuntimeRecord, removeSocket} from './state-folder.ts'
import {takeSnapshot} from './take-snapshot.ts'
import {openWiring, type Wiring, wireGuard} from './wiring.ts'

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
  const {config, stateDir} = options
  const leftover = await claimStateFolder(stateDir)
  const parts = await openParts(options)
  const {instance, clock, events, redactor, log, cache, profiles, shared, store} = parts
  const record = runtimeRecord({...options, instance, startedAt: events.now(), redactor})
  let state: Snapshot['state'] = 'starting'
  const inside = assemble({...parts, config, stateDir, version: options.version})
  const {catalogue, sessions} = inside
  const health = () => healthReport(state, inside.backends)
  const wire = (next: Config, services: Services, former?: Wiring): Promise<Wiring> =>
    openWiring({
      ...parts,
      config: next,
      services,
      former,
      listenHost: record.host,
      catalogue,
      counter: shared?.counter,
      health,
    })
  let wiring = await wire(config, inside.services).catch(async (error: unknown) => {
    await Promise.all([inside.stop(), parts.close(200)])
    log.close()
    throw error
  })
  let reload: Reload | undefined
  const snapshot = (): Snapshot =>
    takeSnapshot({
      ...parts,
      record,
      config: reload?.state ?? {sha256: options.configSha256},
      state,
      sessions,
      catalogue,
      backends: inside.backends,
      profiling: profiles.address,
      gate: wiring.gate?.report,
      tls: listeners.tls,
      requestLog: store.requests,
      shared: shared?.report(),
      cache: cache.report(),
    })
  const listeners = new Listeners({
    record,
    wiring: () => wiring,
    metrics: () =>
      metricsText({
        snapshot: snapshot(),
        requests: parts.requestMetrics,
        backends: inside.backends,
        gate: wiring.gate?.report,
        logLinesLost: log.lost,
        nodeVersion: process.version,
      }),
    clock,
    log,
  })
  let control: http.Server | undefined
  let giveUpRecord = (): void => {}
  const closeAll = (): void => {
    listeners.close()
    control?.close()
    control?.closeAllConnections()
    sessions.stop()
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
      ...controlActions({parts, inside, reload: () => reload, stop: reason => void stop(reason)}),
    })
    giveUpRecord = keepRecord(record, log)
  } catch (error) {
    closeAll()
    await parts.close(200)
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
      ...parts,
      source: options.source,
      config,
      sha256: options.configSha256,
      stateDir,
      version: options.version,
      learn: secrets => redactor.learn(secrets),
      running: () => state === 'running',
      healthy: () => health().status === 'ok',
      apply: next =>
        swap(next, {
          inside,
          cache,
          now: clock.now,
          running: () => state === 'running',
          wire: (own, plan) => wire(own, inside.servicesFor(plan), wiring),
          use: taken => {
            wiring = taken
            listeners.adopt(taken)
            log.configure(logSettings(taken.config.observability.logging))
          },
        }),
    })
  }

  const {promise: ended, resolve: tellEnded} = Promise.withResolvers<void>()
  const end = async (reason: string): Promise<void> => {
    state = 'draining'
    reload?.stop()
    const shutdownTimeoutMs = wiring.config.server.shutdown_timeout
    await drain({reason, parts, inside, listeners, shutdownTimeoutMs, closeAll})
    giveUpRecord()
    removeRuntimeRecord(record)
    removeSocket(record.socket)
    log.close()
    tellEnded()
  }
  let stopping: Promise<void> | undefined
  const stop = (reason: string): Promise<void> => {
    stopping ??= end(reason)
    return stopping
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
