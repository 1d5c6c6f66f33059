import {CallFailure} from '../../mcp/call-failure.ts'
import type {BackendAnswer, BackendCall, BackendConnection} from '../../mcp/connection.ts'
import {cancelled} from '../../mcp/pending-calls.ts'
import {rpcCode} from '../../mcp/protocol.ts'
import type {Clock} from '../../shared/clock.ts'
import type {BackendFigures} from '../backend-figures.ts'
import type {ProbeResult} from '../probe/probe-health.ts'
import {type BreakerSettings, CircuitBreaker, type Transition} from './breaker.ts'
import {answersBadly, countsAgainst, countsWhenEnded, isAway} from './faults.ts'
import {InFlightGate} from './in-flight-gate.ts'
import {afterQueue, hadNoChance} from './late-turn.ts'
import {RetryBudget} from './retry-budget.ts'
import type {StallWatch} from './stall-watch.ts'

export interface GuardSettings {
  readonly breaker: BreakerSettings
  /** Calls on their way to one server at a time, and those that may wait for that. */
  readonly maxInFlight: number
  readonly maxQueue: number
}

export interface GuardOptions extends GuardSettings {
  readonly serverId: string
  readonly clock: Clock
  readonly figures: BackendFigures
  readonly stalls: StallWatch
  readonly onTransition: (transition: Transition) => void
  /** A connection leads nowhere any more. */
  readonly onAway: (connection: BackendConnection, failure: CallFailure) => void
}

/** A call that has no more of its time left when its turn comes is not sent: it would only be late. */
const leastRest = 0.05

/** Told to a client that was refused for load: calls take about as long as that. */
const retryAfterLoadMs = 1000
/** While it is half-open, its trials decide soon. */
const retryAfterTrialMs = 1000

/** What stands between the calls and one server: its breaker, its share of calls at a time, and its budget of repeats. */
export class Guard {
  readonly breaker: CircuitBreaker
  readonly retries: RetryBudget
  readonly #options: GuardOptions
  readonly #gate: InFlightGate
  #maxInFlight: number

  constructor(options: GuardOptions) {
    this.#options = options
    this.breaker = new CircuitBreaker(options.breaker, options.clock, options.onTransition)
    this.retries = new RetryBudget(options.clock.now)
    this.#gate = new InFlightGate(options.maxInFlight, options.maxQueue)
    this.#maxInFlight = options.maxInFlight
  }

  /** Calls that wait for their turn. */
  get queued(): number {
    return this.#gate.queued
  }

  /** Goes on with other settings; calls on their way are not touched. */
  configure({breaker, maxInFlight, maxQueue}: GuardSettings): void {
    this.breaker.configure(breaker)
    this.#gate.resize(maxInFlight, maxQueue)
    this.#maxInFlight = maxInFlight
  }

  /** @throws CallFailure while the breaker is open */
  refuseWhileOpen(): void {
    if (this.breaker.refuses) throw this.#open()
  }

  /**
   * Sends one call, counted and timed, when it is its turn.
   * @param unasked the breaker is not asked, and learns nothing
   * @throws CallFailure
   */
  async call(connection: BackendConnection, call: BackendCall, unasked: boolean): Promise<BackendAnswer> {
    const own = this.#gate.tryEnter() ? call : await this.#queue(call)
    const pass = unasked ? 0 : this.breaker.admit()
    if (pass === 0 && !unasked) {
      this.#gate.leave()
      throw this.#open()
    }
    const {figures} = this.#options
    const sentAt = figures.sent()
    try {
      const answer = await connection.call(own)
      figures.answered(answer, sentAt)
      if (answersBadly(answer)) this.breaker.failed(pass, `it answered HTTP ${answer.status}`)
      else this.breaker.succeeded(pass)
      return answer
    } catch (cause) {
      const error = own === call ? cause : afterQueue(cause, call.method, own.timeoutMs, call.timeoutMs)
      figures.failed(error)
      this.#judge(pass, error, sentAt, own.timeoutMs, call.timeoutMs)
      if (error instanceof CallFailure && isAway(error)) this.#options.onAway(connection, error)
      throw error
    } finally {
      this.#gate.leave()
    }
  }

  /** A connection stands. */
  reached(): void {
    this.breaker.reached()
  }

  /** What a health probe came to counts as a call would that nobody waits for. */
  probed({ok, error}: ProbeResult): void {
    if (!ok) this.breaker.failure(`a health probe failed: ${error}`, false)
    else if (this.breaker.state !== 'closed') this.breaker.succeeded(this.breaker.admit())
  }

  /** A connection has ended, or never stood: one failure, however many calls it took along. @param absent nothing could be sent */
  ended(failure: CallFailure, absent: boolean): void {
    if (countsWhenEnded(failure)) this.breaker.failure(failure.message, absent)
  }

  #judge(pass: number, error: unknown, startedAt: number, givenMs: number, wholeMs: number): void {
    const counts =
      error instanceof CallFailure && countsAgainst(error) && !this.#wasOurs(error, startedAt, givenMs, wholeMs)
    if (counts) this.breaker.failed(pass, error.message)
    else this.breaker.undecided(pass)
  }

  /** Late because this process stood still or kept the call waiting, not because the server was slow. */
  #wasOurs({kind}: CallFailure, startedAt: number, givenMs: number, wholeMs: number): boolean {
    if (kind !== 'BackendTimeout') return false
    return hadNoChance(givenMs, wholeMs) || this.#options.stalls.stalledMs(startedAt) > Math.min(1000, givenMs / 4)
  }

  async #queue(call: BackendCall): Promise<BackendCall> {
    const {clock, serverId} = this.#options
    const queuedAt = clock.now()
    let entry = await this.#gate.enter(call.timeoutMs, call.signal)
    if (entry === 'in') {
      const timeoutMs = call.timeoutMs - (clock.now() - queuedAt)
      if (timeoutMs > call.timeoutMs * leastRest) return {...call, timeoutMs}
      this.#gate.leave()
      entry = 'late'
    }
    if (entry === 'cancelled') throw cancelled(call)
    const why = entry === 'full' ? 'and no more may wait' : 'and its turn did not come in time'
    throw new CallFailure(`${serverId} is overloaded: ${this.#maxInFlight} calls are on their way to it, ${why}`, {
      kind: 'Overloaded',
      blame: 'proxy',
      code: rpcCode.rateLimited,
      delivered: 'no',
      retryAfterMs: retryAfterLoadMs,
    })
  }

  #open(): CallFailure {
    const {serverId, figures} = this.#options
    const {state, retryAfterMs} = this.breaker
    const why = this.#whyOpen()
    const how =
      state === 'open' ? 'its circuit breaker is open' : 'its circuit breaker lets few calls through to try it'
    return new CallFailure(
      `No backend available: ${serverId} has failed too often, ${how}${why === undefined ? '' : `: ${why}`}`,
      {
        kind: 'BreakerOpen',
        blame: figures.lastError?.blame ?? 'backend-process',
        code: rpcCode.noBackend,
        delivered: 'no',
        retryAfterMs: state === 'open' ? Math.max(1, retryAfterMs) : retryAfterTrialMs,
      },
    )
  }

  /** What opened it, with the evidence where that was the last thing to go wrong. */
  #whyOpen(): string | undefined {
    const last = this.#options.figures.lastError?.message
    const {openedFor} = this.breaker
    return openedFor === undefined || last?.startsWith(openedFor) === true ? last : openedFor
  }
}
