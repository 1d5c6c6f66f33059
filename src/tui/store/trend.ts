import {mergeBuckets, type SparseBuckets} from '../../shared/latency-buckets.ts'
import type {SafeSnapshot, TrendPoint} from './data.ts'

/** Snapshots that the trend remembers: about a minute of them for percentiles, two for sparklines. */
const windowSnapshots = 60
const maxPoints = 120

interface Mark {
  readonly instance: string
  readonly atMs: number
  readonly closed: number
  readonly errors: number
  readonly cpuMs: number
  readonly latency: SparseBuckets
}

/** Rates from the differences of counters, so that lost events do not bend them. */
export class Trend {
  #points: TrendPoint[] = []
  #marks: Mark[] = []
  #recent: SparseBuckets = []

  get points(): readonly TrendPoint[] {
    return this.#points
  }

  /** Latencies since the oldest remembered snapshot; since the start of the runtime while there is only one. */
  get recentLatency(): SparseBuckets {
    return this.#recent
  }

  add(snapshot: SafeSnapshot): void {
    const mark: Mark = {
      instance: snapshot.instance,
      atMs: Date.parse(snapshot.at),
      closed: snapshot.requests.closed,
      errors: snapshot.requests.errors,
      cpuMs: snapshot.process.cpuMs,
      latency: snapshot.requests.latency,
    }
    const last = this.#marks.at(-1)
    // Another instance counts from zero again: there is no difference to the old one.
    if (last !== undefined && last.instance !== mark.instance) this.#marks = []
    const before = this.#marks.at(-1)
    if (before !== undefined) {
      const seconds = (mark.atMs - before.atMs) / 1000
      if (!(seconds >= 0.2)) return // taken for a resync: too short a time to tell a rate
      this.#points.push({
        requestsPerSecond: Math.max(0, mark.closed - before.closed) / seconds,
        errorsPerSecond: Math.max(0, mark.errors - before.errors) / seconds,
        cpuShare: Math.max(0, mark.cpuMs - before.cpuMs) / 1000 / seconds,
      })
      if (this.#points.length > maxPoints) this.#points.shift()
    }
    this.#marks.push(mark)
    if (this.#marks.length > windowSnapshots) this.#marks.shift()
    const oldest = this.#marks[0]
    this.#recent =
      oldest === undefined || oldest === mark ? mark.latency : mergeBuckets(mark.latency, oldest.latency, -1)
  }
}
