import type {ServerSnapshot} from '../control/contract/server.ts'
import {CallFailure} from '../mcp/call-failure.ts'
import type {BackendAnswer} from '../mcp/connection.ts'
import type {Clock} from '../shared/clock.ts'
import {LatencyHistogram} from '../shared/latency-buckets.ts'

/** What is counted of one server. */
export class BackendFigures {
  readonly latency = new LatencyHistogram()
  /** Failures by kind. */
  readonly failures = new Map<string, number>()
  readonly #clock: Clock
  #lastError: ServerSnapshot['lastError'] = null
  #inFlight = 0
  #requests = 0
  #errors = 0
  #lastAnswerAt: number | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get inFlight(): number {
    return this.#inFlight
  }

  get requests(): number {
    return this.#requests
  }

  get errors(): number {
    return this.#errors
  }

  /** When it answered last, monotonic milliseconds; undefined before the first. */
  get lastAnswerAt(): number | undefined {
    return this.#lastAnswerAt
  }

  get lastError(): ServerSnapshot['lastError'] {
    return this.#lastError
  }

  /** A call goes out; `answered` or `failed` is to follow. @returns when, monotonic milliseconds */
  sent(): number {
    this.#inFlight++
    this.#requests++
    return this.#clock.now()
  }

  answered(answer: BackendAnswer, sentAt: number): void {
    this.#inFlight--
    const now = this.#clock.now()
    this.#lastAnswerAt = now
    this.latency.record(now - sentAt)
    if (answer.kind === 'error') this.#errors++
  }

  failed(error: unknown): void {
    this.#inFlight--
    if (!(error instanceof CallFailure) || error.blame === 'client') return
    this.#errors++
    this.fault(error)
  }

  /** Remembers what went wrong. */
  fault(failure: CallFailure): void {
    this.failures.set(failure.kind, (this.failures.get(failure.kind) ?? 0) + 1)
    const seen = failure.evidence === undefined ? '' : ` (${failure.evidence})`
    this.#lastError = {
      at: new Date(this.#clock.wallMs()).toISOString(),
      kind: failure.kind,
      message: failure.message + seen,
      blame: failure.blame,
    }
  }
}
