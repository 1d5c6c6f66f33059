import type {Outcome} from '../control/contract/events.ts'
import {LatencyHistogram} from '../shared/latency-buckets.ts'

/** Methods that get a label of their own; what else a client sends is `other`, so that it cannot grow the label set. */
const knownMethods = new Set([
  'initialize',
  'ping',
  'server/discover',
  'tools/list',
  'tools/call',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'resources/subscribe',
  'resources/unsubscribe',
  'prompts/list',
  'prompts/get',
  'completion/complete',
  'logging/setLevel',
  'subscriptions/listen',
])

export interface RequestCount {
  readonly method: string
  readonly status: Outcome
  readonly serverId: string
  count: number
}

/** Counts by method, outcome and server, and a latency distribution for each method. */
export class RequestMetrics {
  readonly #counts = new Map<string, RequestCount>()
  readonly #latency = new Map<string, LatencyHistogram>()

  record(method: string, status: Outcome, serverId: string | null, ms: number): void {
    const label = knownMethods.has(method) ? method : 'other'
    const key = `${label}\n${status}\n${serverId ?? ''}`
    const entry = this.#counts.get(key)
    if (entry) entry.count++
    else this.#counts.set(key, {method: label, status, serverId: serverId ?? '', count: 1})
    let histogram = this.#latency.get(label)
    if (histogram === undefined) {
      histogram = new LatencyHistogram()
      this.#latency.set(label, histogram)
    }
    histogram.record(ms)
  }

  get counts(): Iterable<RequestCount> {
    return this.#counts.values()
  }

  get latency(): ReadonlyMap<string, LatencyHistogram> {
    return this.#latency
  }
}
