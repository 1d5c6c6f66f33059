import type {Snapshot} from '../control/contract/snapshot.ts'
import {contractVersion} from '../control/paths.ts'
import type {RuntimeRecord} from '../control/runtime-file.ts'
import type {Redactor} from '../redaction/redactor.ts'
import {shortText} from '../shared/short-text.ts'
import type {RequestLog} from '../store/request-log.ts'
import type {GateReport} from './access/gate.ts'
import type {TlsReport} from './access/tls-server.ts'
import type {Backend} from './backend.ts'
import {backendSnapshot} from './backend-snapshot.ts'
import type {Catalogue} from './catalogue.ts'
import type {EventLog} from './event-log.ts'
import type {HeapTrend} from './heap-trend.ts'
import type {LoopLag} from './loop-lag.ts'
import type {RequestLedger} from './request-ledger.ts'
import type {RuntimeLog} from './runtime-log.ts'
import type {Sessions} from './sessions.ts'
import type {SharedReport} from './shared/shared-state.ts'
import {shownServer} from './shown-server.ts'

export interface SnapshotParts {
  readonly record: RuntimeRecord
  readonly config: Omit<Snapshot['config'], 'path'>
  readonly state: Snapshot['state']
  readonly events: EventLog
  readonly ledger: RequestLedger
  readonly sessions: Sessions
  readonly catalogue: Catalogue
  readonly backends: readonly Backend[]
  readonly heap: HeapTrend
  readonly lag: LoopLag
  readonly log: RuntimeLog
  readonly profiling: Snapshot['profiling']
  readonly redactor: Redactor
  readonly gate: GateReport | undefined
  readonly tls: TlsReport | undefined
  readonly requestLog: RequestLog | null
  readonly cache: Snapshot['cache']
  readonly shared: SharedReport | undefined
}

/** The whole state at one moment, as consoles get it. */
export function takeSnapshot(parts: SnapshotParts): Snapshot {
  const {record, ledger} = parts
  const memory = process.memoryUsage()
  const cpu = process.cpuUsage()
  return {
    contract: contractVersion,
    instance: record.instance,
    seq: parts.events.seq,
    at: parts.events.now(),
    version: record.version,
    pid: record.pid,
    startedAt: record.startedAt,
    state: parts.state,
    listen: {
      host: record.host,
      port: record.port,
      metricsHost: record.metricsHost,
      metricsPort: record.metricsPort,
      ...(parts.tls &&
        record.tlsPort !== undefined && {tls: {port: record.tlsPort, plain: record.plain !== false, ...parts.tls}}),
    },
    config: {path: record.configPath, ...shownConfig(parts.config, parts.redactor)},
    paths: {state: record.statePath, logs: record.logPath},
    process: {
      rssBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      heapLeast: parts.heap.points,
      cpuMs: Math.round((cpu.user + cpu.system) / 1000),
      loopLagMs: parts.lag.p99Ms,
    },
    requests: {
      opened: ledger.opened,
      closed: ledger.closed,
      inFlight: ledger.inFlight,
      errors: ledger.errors,
      latency: ledger.latency.toSparse(),
      open: openRequests(ledger),
    },
    logging: {
      filter: parts.log.gates.text,
      configured: parts.log.gates.configuredText,
      linesLost: parts.log.lost,
    },
    profiling: parts.profiling,
    sessions: parts.sessions.size,
    tools: parts.catalogue.current.lists.tools.count,
    ...(parts.gate && {access: shownAccess(parts.gate, parts.redactor)}),
    ...(parts.shared && {shared: parts.shared}),
    sessionsAdopted: parts.sessions.adopted,
    ...(parts.requestLog && {requestLog: shownRequestLog(parts.requestLog, parts.redactor)}),
    ...(parts.cache && {cache: parts.cache}),
    servers: parts.backends.map(backend => shownServer(backendSnapshot(backend), parts.redactor)),
  }
}

/** Of a thousand that hang, a hundred tell enough. */
const openShown = 100
const longestShown = 256

function openRequests(ledger: RequestLedger): Snapshot['requests']['open'] {
  const now = ledger.now()
  return ledger.oldestOpen(openShown).map(request => ({
    requestId: request.requestId,
    client: request.client,
    target: shortText(request.target, longestShown),
    serverId: request.serverId,
    traceId: shortText(request.traceId, longestShown),
    attempts: request.attempts,
    openMs: Math.round(now - request.startedAt),
  }))
}

function shownAccess({authenticates, failures, limited, issuers}: GateReport, redactor: Redactor): Snapshot['access'] {
  return {
    authenticates,
    failures: Object.fromEntries(failures),
    limited,
    issuers: issuers.map(({issuer, from, keys, readAt, error}) => ({
      issuer,
      from: redactor.text(from),
      keys,
      readAt,
      error: error === null ? null : redactor.text(error),
    })),
  }
}

function shownRequestLog(log: RequestLog, redactor: Redactor): Snapshot['requestLog'] {
  const {lastError, ...figures} = log.figures()
  return {...figures, lastError: lastError === null ? null : redactor.text(lastError)}
}

function shownConfig(config: SnapshotParts['config'], redactor: Redactor): SnapshotParts['config'] {
  const {lastReload} = config
  if (lastReload === null || lastReload === undefined) return config
  return {...config, lastReload: {...lastReload, message: redactor.text(lastReload.message)}}
}
