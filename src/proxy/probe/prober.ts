import type {ClientIdentity} from '../../mcp/handshake.ts'
import type {Clock} from '../../shared/clock.ts'
import type {HealthCheckRow} from '../../store/health-history.ts'
import type {Backend} from '../backend.ts'
import {askAlive} from './ask-alive.ts'
import {getPath} from './get-path.ts'
import type {ProbeResult} from './probe-health.ts'

export interface ProberOptions {
  readonly identity: ClientIdentity
  readonly clock: Clock
  readonly record: (row: HealthCheckRow) => void
}

/**
 * Looks after servers that nobody calls. One that has answered a call within the interval has shown that it lives; one that
 * is away is looked after by its restarts.
 */
export class Prober {
  readonly #options: ProberOptions
  readonly #timers = new Map<Backend, {readonly timer: NodeJS.Timeout; readonly intervalMs: number}>()
  #stopped = false

  constructor(options: ProberOptions) {
    this.#options = options
  }

  /** Looks after these and no others from now on. One whose interval is as it was keeps its next time. */
  watch(backends: readonly Backend[]): void {
    const watched = new Set(backends.filter(({status, probes}) => status !== 'disabled' && probes.check.enabled))
    for (const [backend, {timer, intervalMs}] of this.#timers) {
      if (watched.has(backend) && intervalMs === backend.probes.check.interval) continue
      clearTimeout(timer)
      this.#timers.delete(backend)
    }
    for (const backend of watched) if (!this.#timers.has(backend)) this.#later(backend)
  }

  stop(): void {
    this.#stopped = true
    for (const {timer} of this.#timers.values()) clearTimeout(timer)
  }

  /** Probes once, now. @returns undefined where there is no connection to ask over */
  async probe(backend: Backend): Promise<ProbeResult | undefined> {
    const {clock, identity, record} = this.#options
    const {link} = backend
    if (link === undefined) return undefined
    const {path, timeout} = backend.probes.check
    const {endpoint} = backend.config
    const startedAt = clock.now()
    const asked = [askAlive(link.connection, identity, timeout)]
    if (path !== undefined && endpoint !== undefined)
      asked.push(getPath(endpoint, path, () => backend.access(), timeout))
    const wrong = (await Promise.all(asked)).find(each => each !== null) ?? null
    const result = {ok: wrong === null, latencyMs: clock.now() - startedAt, error: wrong}
    // What was asked of a connection that has gone says nothing about the next one.
    if (this.#stopped || backend.link !== link) return result
    backend.probed(result)
    const timestamp = new Date(clock.wallMs()).toISOString()
    record({serverId: backend.id, timestamp, status: backend.status, ...result})
    return result
  }

  /** A tenth early or late: a hundred servers are not asked at the same moment. */
  #later(backend: Backend): void {
    const intervalMs = backend.probes.check.interval
    const timer = setTimeout(() => void this.#due(backend), intervalMs * (0.9 + 0.2 * Math.random()))
    timer.unref()
    this.#timers.set(backend, {timer, intervalMs})
  }

  async #due(backend: Backend): Promise<void> {
    const own = this.#timers.get(backend)
    if (!this.#isKnownToLive(backend)) await this.probe(backend)
    // Meanwhile it may have been left, or begun anew.
    if (!this.#stopped && this.#timers.get(backend) === own) this.#later(backend)
  }

  #isKnownToLive({figures, probes, breaker}: Backend): boolean {
    if (!probes.healthy || breaker.state !== 'closed' || probes.check.path !== undefined) return false
    const {lastAnswerAt} = figures
    return lastAnswerAt !== undefined && this.#options.clock.now() - lastAnswerAt < probes.check.interval
  }
}
