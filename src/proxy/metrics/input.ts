import type {Snapshot} from '../../control/contract/snapshot.ts'
import type {LatencyHistogram} from '../../shared/latency-buckets.ts'
import type {GateReport} from '../access/gate.ts'
import type {RequestMetrics} from '../request-metrics.ts'
import type {MetricsPage} from './page.ts'

/** What metrics are made of. A part that brings figures of its own adds them here. */
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

/** Writes a group of families; every family exactly once, its label sets bounded by what is configured. */
export type MetricsGroup = (page: MetricsPage, input: MetricsInput) => void
