import {readdirSync, readFileSync} from 'node:fs'
import type {Snapshot} from '../control/contract.ts'
import type {LatencyHistogram} from '../shared/latency-buckets.ts'
import type {GateReport} from './access/gate.ts'
import type {RequestMetrics} from './request-metrics.ts'

const boundariesSeconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]

export interface MetricsInput {
  readonly snapshot: Snapshot
  readonly requests: RequestMetrics
  readonly backends: readonly BackendMetrics[]
  /** Where nobody is asked who they are, and nothing is limited: undefined. */
  readonly gate: GateReport | undefined
  readonly logLinesLost: number
  readonly nodeVersion: string
}

export interface BackendMetrics {
  readonly id: string
  readonly latency: LatencyHistogram
  /** Failures by kind. */
  readonly failures: ReadonlyMap<string, number>
}

/** The runtime's state in Prometheus' text format 0.0.4. */
export function metricsText(input: MetricsInput): string {
  const {snapshot, requests} = input
  const page = new MetricsPage()
  page.family('only1mcp_requests_total', 'counter', 'Requests by method, outcome and server.')
  for (const {method, status, serverId, count} of requests.counts)
    page.sample({method, status, server_id: serverId}, count)
  page.family('only1mcp_request_duration_seconds', 'histogram', 'From the first byte of a request to its end.')
  for (const [method, histogram] of requests.latency) page.histogram({method}, histogram)
  page.single('only1mcp_active_requests', 'gauge', 'Requests in flight.', snapshot.requests.inFlight)
  page.single('only1mcp_requests_opened_total', 'counter', 'Requests that began.', snapshot.requests.opened)
  page.single(
    'only1mcp_requests_closed_total',
    'counter',
    'Requests that ended; opened less closed is in flight.',
    snapshot.requests.closed,
  )
  page.family('only1mcp_backend_up', 'gauge', '1 while a server serves calls.')
  for (const server of snapshot.servers) page.sample({server_id: server.id}, server.status === 'up' ? 1 : 0)
  page.family('only1mcp_backend_restarts_total', 'counter', 'Times that a server was lost.')
  for (const server of snapshot.servers) page.sample({server_id: server.id}, server.restarts)
  page.family('only1mcp_backend_errors_total', 'counter', 'Failures of a server by kind.')
  for (const {id, failures} of input.backends) {
    for (const [kind, count] of failures) page.sample({server_id: id, error_type: kind}, count)
  }
  resilienceMetrics(page, snapshot)
  page.family('only1mcp_backend_latency_seconds', 'histogram', 'From sending a call to a server to its answer.')
  for (const {id, latency} of input.backends) if (latency.count > 0) page.histogram({server_id: id}, latency)
  const children = snapshot.servers.filter(server => server.transport === 'stdio' && server.pid !== null).length
  page.single('only1mcp_children', 'gauge', 'Running server processes.', children)
  page.single('only1mcp_sessions', 'gauge', 'Open sessions of legacy clients.', snapshot.sessions)
  page.single(
    'only1mcp_event_loop_lag_seconds',
    'gauge',
    '99th percentile of the last seconds.',
    snapshot.process.loopLagMs / 1000,
  )
  page.single('only1mcp_rate_limit_exceeded_total', 'counter', 'Requests over a limit.', input.gate?.limited ?? 0)
  page.family('only1mcp_auth_failures_total', 'counter', 'Requests whose credentials were missing or not good.')
  for (const [kind, count] of input.gate?.failures ?? []) page.sample({reason: kind}, count)
  page.single('only1mcp_log_lines_lost_total', 'counter', 'Log lines lost to a full or slow disk.', input.logLinesLost)
  if (snapshot.requestLog) requestLogMetrics(page, snapshot.requestLog)
  page.family('only1mcp_build_info', 'gauge', 'Always 1; the version is in the labels.')
  page.sample({version: snapshot.version, node: input.nodeVersion, instance: snapshot.instance}, 1)
  processMetrics(page, snapshot)
  return page.text
}

const breakerNumber = {closed: 0, open: 1, half_open: 2} as const

function resilienceMetrics(page: MetricsPage, {servers}: Snapshot): void {
  page.family('only1mcp_circuit_breaker_state', 'gauge', '0 closed, 1 open, 2 half-open.')
  for (const {id, breaker} of servers) if (breaker) page.sample({server_id: id}, breakerNumber[breaker.state])
  page.family(
    'only1mcp_circuit_breaker_transitions_total',
    'counter',
    'Changes of a breaker by the state it went into.',
  )
  for (const {id, breaker} of servers) {
    for (const to of ['open', 'half_open', 'closed'] as const)
      if (breaker) page.sample({server_id: id, to}, breaker.transitions[to])
  }
  page.family('only1mcp_health_check_total', 'counter', 'Health probes by result.')
  for (const {id, probe} of servers) {
    page.sample({server_id: id, result: 'success'}, probe?.successes ?? 0)
    page.sample({server_id: id, result: 'failure'}, probe?.failures ?? 0)
  }
  page.family('only1mcp_backend_queued', 'gauge', 'Calls that wait for their turn at a server.')
  for (const {id, queued} of servers) page.sample({server_id: id}, queued ?? 0)
}

function requestLogMetrics(page: MetricsPage, log: NonNullable<Snapshot['requestLog']>): void {
  page.family('only1mcp_request_log_rows_total', 'counter', 'Rows of the request log by what became of them.')
  page.sample({result: 'written'}, log.written)
  page.sample({result: 'dropped'}, log.dropped)
  page.sample({result: 'spooled'}, log.spooledTotal)
  page.single('only1mcp_request_log_spool_rows', 'gauge', 'Rows that wait on disk for the database.', log.spooled)
}

function processMetrics(page: MetricsPage, snapshot: Snapshot): void {
  page.single('process_cpu_seconds_total', 'counter', 'User and system time.', snapshot.process.cpuMs / 1000)
  page.single('process_resident_memory_bytes', 'gauge', 'Resident memory.', snapshot.process.rssBytes)
  page.single(
    'process_start_time_seconds',
    'gauge',
    'Start, seconds since the epoch.',
    Date.parse(snapshot.startedAt) / 1000,
  )
  const open = openDescriptors()
  if (open !== undefined) page.single('process_open_fds', 'gauge', 'Open file descriptors.', open)
  const limit = descriptorLimit()
  if (limit !== undefined) page.single('process_max_fds', 'gauge', 'Limit of open file descriptors.', limit)
}

class MetricsPage {
  text = ''
  #name = ''

  family(name: string, type: 'counter' | 'gauge' | 'histogram', help: string): void {
    this.#name = name
    this.text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`
  }

  sample(labels: Readonly<Record<string, string>>, value: number, suffix = ''): void {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${escapeLabel(text)}"`)
    this.text += `${this.#name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`
  }

  single(name: string, type: 'counter' | 'gauge', help: string, value: number): void {
    this.family(name, type, help)
    this.sample({}, value)
  }

  histogram(labels: Readonly<Record<string, string>>, histogram: LatencyHistogram): void {
    for (const le of boundariesSeconds)
      this.sample({...labels, le: String(le)}, histogram.countUpTo(le * 1000), '_bucket')
    this.sample({...labels, le: '+Inf'}, histogram.count, '_bucket')
    this.sample(labels, histogram.sumMs / 1000, '_sum')
    this.sample(labels, histogram.count, '_count')
  }
}

function escapeLabel(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
}

function openDescriptors(): number | undefined {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return undefined // no /proc, or none left to open it with
  }
}

function descriptorLimit(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))
    return limit ? Number(limit[1]) : undefined
  } catch {
    return undefined // no /proc
  }
}
