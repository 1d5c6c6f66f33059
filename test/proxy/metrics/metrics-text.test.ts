import {describe, expect, it} from 'vitest'
import type {Snapshot} from '../../../src/control/contract/snapshot.ts'
import type {MetricsInput} from '../../../src/proxy/metrics/input.ts'
import {metricsText} from '../../../src/proxy/metrics-text.ts'
import {RequestMetrics} from '../../../src/proxy/request-metrics.ts'
import {LatencyHistogram} from '../../../src/shared/latency-buckets.ts'
import {formatProblems, samplesOf} from './exposition.ts'

const hostile = 'a"b\\c\nd{}=,#é\u0000'

function input(serverIds: readonly string[], calls = 1): MetricsInput {
  const requests = new RequestMetrics()
  const backends = serverIds.map(id => ({id, latency: new LatencyHistogram(), failures: new Map([['Timeout', 2]])}))
  for (let i = 0; i < calls; i++) {
    for (const {id, latency} of backends) {
      requests.record('tools/call', 'answered', id, 3 + i)
      latency.record(1.5 + i * 7)
    }
  }
  const snapshot = {
    version: '1.0.0',
    instance: 'abcd',
    startedAt: '2026-01-01T00:00:00.000Z',
    process: {rssBytes: 1, heapUsedBytes: 2, cpuMs: 1500, loopLagMs: 2},
    requests: {opened: 3, closed: 2, inFlight: 1, errors: 0, latency: []},
    sessions: 4,
    tools: 5,
    config: {path: null, sha256: null},
    servers: serverIds.map(id => ({id, status: 'up', restarts: 0, transport: 'stdio', pid: 1, inFlight: 0})),
  } as unknown as Snapshot
  return {snapshot, requests, backends, gate: undefined, logLinesLost: 7, nodeVersion: 'v24'}
}

describe('the metrics page', () => {
  it('is what a Prometheus parser expects, whatever the names of the servers are', () => {
    const page = metricsText(input(['github', hostile, '', 'ünï'], 20))
    expect(formatProblems(page)).toEqual([])
    expect(samplesOf(page)).toContainEqual({
      name: 'only1mcp_backend_errors_total',
      labels: {server_id: hostile, error_type: 'Timeout'},
      value: 2,
    })
  })

  it('counts a histogram upwards, to the same figures as its buckets hold', () => {
    const page = metricsText(input(['one'], 200))
    const buckets = samplesOf(page).filter(({name}) => name === 'only1mcp_backend_latency_seconds_bucket')
    const upTo = Object.fromEntries(buckets.map(({labels, value}) => [labels.le, value]))
    // 1.5 ms, 8.5 ms, 15.5 ms … 1394.5 ms
    expect([upTo['0.001'], upTo['0.0025'], upTo['0.01'], upTo['0.025'], upTo['0.25'], upTo['+Inf']]).toEqual([
      0, 1, 2, 4, 36, 200,
    ])
  })

  it('has the usual figures of a process', () => {
    const names = samplesOf(metricsText(input([]))).map(({name}) => name)
    expect(names).toEqual(
      expect.arrayContaining([
        'process_cpu_seconds_total',
        'process_resident_memory_bytes',
        'process_start_time_seconds',
        'process_open_fds',
        'process_max_fds',
        'only1mcp_build_info',
        'only1mcp_event_loop_lag_seconds',
        'only1mcp_log_lines_lost_total',
      ]),
    )
  })

  it('does not hold up traffic with 300 servers', () => {
    const many = input(
      Array.from({length: 300}, (_, i) => `server-${i}`),
      50,
    )
    const costs = Array.from({length: 30}, () => {
      const before = process.cpuUsage()
      metricsText(many)
      const {user, system} = process.cpuUsage(before)
      return (user + system) / 1000
    }).sort((a, b) => a - b)
    // About 1 ms on a quiet machine; a counting loop a boundary needed 15.
    expect(costs[5]).toBeLessThan(6)
  })
})
