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
  ]
    .map(line => safeText(line))
    .join('\n')
}

function authority(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
