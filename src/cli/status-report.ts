import type {Snapshot} from '../control/contract/snapshot.ts'
import type {RuntimeRecord} from '../control/runtime-file.ts'
import {formatBytes} from '../shared/bytes.ts'
import {formatDuration} from '../shared/duration.ts'
import {percentile} from '../shared/latency-buckets.ts'
import {safeText} from '../shared/safe-text.ts'

export interface StatusDocument {
  readonly state: Snapshot['state']
  readonly instance: string
  readonly pid: number
  readonly version: string
  readonly startedAt: string
  readonly uptimeMs: number
  readonly url: string
  readonly metricsUrl: string | null
  readonly socket: string
  readonly config: string | null
  readonly statePath: string
  readonly logPath: string
  readonly servers: {readonly total: number; readonly up: number; readonly notUp: readonly string[]}
  readonly tools: number
  readonly requests: {
    readonly total: number
    readonly inFlight: number
    readonly errors: number
    readonly p50Ms: number | null
    readonly p99Ms: number | null
  }
  readonly rssBytes: number
  /** The newest attempt to take another configuration; null before the first. */
  readonly lastReload: NonNullable<Snapshot['config']['lastReload']> | null
  /** Settings of the configuration that only a restart brings. */
  readonly needsRestart: readonly string[]
  /** Null where no request log is kept. */
  readonly requestLog: NonNullable<Snapshot['requestLog']> | null
  /** What instances have in common; null for one by itself. */
  readonly shared: NonNullable<Snapshot['shared']> | null
}

export function statusDocument(record: RuntimeRecord, snapshot: Snapshot): StatusDocument {
  const enabled = snapshot.servers.filter(server => server.status !== 'disabled')
  const {metricsHost, metricsPort} = snapshot.listen
  return {
    state: snapshot.state,
    instance: snapshot.instance,
    pid: snapshot.pid,
    version: snapshot.version,
    startedAt: snapshot.startedAt,
    uptimeMs: Math.max(0, Date.parse(snapshot.at) - Date.parse(snapshot.startedAt)),
    url: `${snapshot.listen.tls?.plain === false ? 'https' : 'http'}://${authority(snapshot.listen.host, snapshot.listen.port)}/mcp`,
    metricsUrl:
      metricsHost === null || metricsPort === null ? null : `http://${authority(metricsHost, metricsPort)}/metrics`,
    socket: record.socket,
    config: snapshot.config.path,
    statePath: snapshot.paths.state,
    logPath: snapshot.paths.logs,
    servers: {
      total: enabled.length,
      up: enabled.filter(server => server.status === 'up').length,
      notUp: enabled.filter(server => server.status !== 'up').map(server => server.id),
    },
    tools: snapshot.tools,
    requests: {
      total: snapshot.requests.closed,
      inFlight: snapshot.requests.inFlight,
      errors: snapshot.requests.errors,
      p50Ms: percentile(snapshot.requests.latency, 0.5) ?? null,
      p99Ms: percentile(snapshot.requests.latency, 0.99) ?? null,
    },
    rssBytes: snapshot.process.rssBytes,
    lastReload: snapshot.config.lastReload ?? null,
    needsRestart: snapshot.config.needsRestart ?? [],
    requestLog: snapshot.requestLog ?? null,
    shared: snapshot.shared ?? null,
  }
}

export function statusText(status: StatusDocument): string {
  const {servers, requests} = status
  const notUp = servers.notUp.length > 0 ? `, not up: ${servers.notUp.join(', ')}` : ''
  const latency =
    requests.p50Ms === null || requests.p99Ms === null
      ? ''
      : `, p50 ${formatDuration(requests.p50Ms)}, p99 ${formatDuration(requests.p99Ms)}`
  return [
    `only1mcp ${status.version} is ${status.state}: pid ${status.pid}, up ${formatDuration(status.uptimeMs)}`,
    `endpoint  ${status.url}`,
    `metrics   ${status.metricsUrl ?? 'off'}`,
    `servers   ${servers.up} of ${servers.total} up, ${status.tools} tools${notUp}`,
    `requests  ${requests.total} ended, ${requests.inFlight} in flight, ${requests.errors} failed${latency}`,
    `memory    ${formatBytes(status.rssBytes)}`,
    `config    ${status.config ?? 'none'}`,
    `logs      ${status.logPath}`,
    `state     ${status.statePath}`,
    ...troubles(status),
  ]
    .map(line => safeText(line))
    .join('\n')
}

/** What does not work as the configuration wants it, though requests are served. */
function troubles({lastReload, needsRestart, requestLog, shared}: StatusDocument): string[] {
  const lines: string[] = []
  if (lastReload?.ok === false) lines.push(`reload    refused at ${lastReload.at}: ${lastReload.message}`)
  if (needsRestart.length > 0) lines.push(`restart   needed for ${needsRestart.join(', ')}`)
  if (requestLog !== null && requestLog.state !== 'ok')
    lines.push(`requests  log is ${requestLog.state}: ${requestLog.lastError ?? `${requestLog.spooled} rows wait`}`)
  if (shared?.up === false) lines.push(`shared    Redis is away since ${shared.since}: ${shared.lastError ?? '-'}`)
  return lines
}

function authority(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
