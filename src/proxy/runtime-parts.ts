import {randomBytes} from 'node:crypto'
import {join} from 'node:path'
import type {Config} from '../config/schema.ts'
import {type Reaper, startReaper} from '../mcp/reaper.ts'
import {type KnownValues, knownValuesRedactor} from '../redaction/known-values.ts'
import {type Clock, systemClock} from '../shared/clock.ts'
import {messageOf} from '../shared/errors.ts'
import type {RequestStore} from '../store/request-store.ts'
import {LiveCache} from './cache/live-cache.ts'
import {DescriptorWatch} from './descriptor-watch.ts'
import {EventLog} from './event-log.ts'
import {HeapTrend} from './heap-trend.ts'
import {logSettings} from './logging/log-settings.ts'
import {LoopLag} from './loop-lag.ts'
import {openProfiles, type Profiles} from './profiling/open-profiles.ts'
import {RequestLedger} from './request-ledger.ts'
import {RequestMetrics} from './request-metrics.ts'
import {type BreakerMemory, openBreakerMemory} from './resilience/breaker-memory.ts'
import {RuntimeLog} from './runtime-log.ts'
import type {RuntimeOptions} from './runtime-options.ts'
import {type SessionKeys, sessionKeysOf} from './shared/session-keys.ts'
import {openSharedState, type SharedState} from './shared/shared-state.ts'
import {startRequestStore} from './start-request-store.ts'

/** What a runtime stands on, whatever it serves: its log, counters, databases, caches and watchers. */
export interface RuntimeParts {
  readonly instance: string
  readonly clock: Clock
  readonly events: EventLog
  readonly redactor: KnownValues
  readonly log: RuntimeLog
  readonly cache: LiveCache
  readonly profiles: Profiles
  /** What session ids and request states are signed with. */
  readonly keysOf: (config: Config) => SessionKeys
  readonly shared: SharedState | undefined
  readonly store: RequestStore
  readonly requestMetrics: RequestMetrics
  readonly ledger: RequestLedger
  readonly lag: LoopLag
  readonly heap: HeapTrend
  readonly reaper: Reaper
  readonly breakers: BreakerMemory
  /** Closes all but the log; what is not on disk yet has `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** @throws AppError that says what cannot be opened */
export async function openParts(options: RuntimeOptions): Promise<RuntimeParts> {
  const {config, stateDir} = options
  const clock = systemClock
  const instance = randomBytes(4).toString('hex')
  const events = new EventLog(instance, clock)
  const redactor = knownValuesRedactor(options.secrets)
  const log = openLog(config, options.logDir, events, redactor)
  const cache = new LiveCache({clock, redactor, log: message => log.write(message)})
  const opened = await cache.prepare(config).catch((error: unknown) => {
    log.close()
    throw error
  })
  await opened.use()
  const profiles = await openProfiles({config: config.profiling, paths: options.recordings ?? {}, events, log})
  const requestMetrics = new RequestMetrics()
  const warnOfKey = (message: string): void =>
    log.write({level: 'WARN', module: 'runtime', kind: 'SessionKey', message})
  const keysOf = sessionKeysOf(stateDir, warnOfKey)
  const shared = await openSharedState(config, {
    instance,
    redactor,
    now: () => events.now(),
    log: message => log.write(message),
  })
  if (shared && config.server.session_key === undefined)
    warnOfKey('Redis is shared and server.session_key is not set: sessions stay here')
  const store = await startRequestStore(config, stateDir, log)
  const ledger = new RequestLedger(instance, {clock, log, events, metrics: requestMetrics, requestLog: store.requests})
  const lag = new LoopLag()
  const heap = new HeapTrend({wallMs: clock.wallMs})
  const descriptors = new DescriptorWatch(message => log.write(message))
  const reaper = startReaper(instance, error =>
    log.write({
      level: 'ERROR',
      module: 'runtime',
      kind: 'ReaperFailed',
      message: 'children would outlive a crash',
      pairs: {error: messageOf(error)},
    }),
  )
  const breakers = await openBreakerMemory(join(stateDir, 'circuit_breakers.db'), message =>
    log.write({level: 'WARN', module: 'store', kind: 'BreakerStates', message}),
  )
  return {
    ...{instance, clock, events, redactor, log, cache, profiles},
    keysOf: next => keysOf(next.server),
    ...{shared, store, requestMetrics, ledger, lag, heap, reaper, breakers},
    close: async graceMs => {
      reaper.dismiss()
      lag.stop()
      heap.stop()
      descriptors.stop()
      cache.close()
      shared?.close()
      await Promise.all([store.close(graceMs), breakers.close()])
      await profiles.stop()
    },
  }
}

function openLog({observability}: Config, folder: string, events: EventLog, redactor: KnownValues): RuntimeLog {
  return new RuntimeLog({folder, ...logSettings(observability.logging), events, redactor})
}
