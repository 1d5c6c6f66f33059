import type {BreakerState} from '../../control/contract/server.ts'
import type {Clock} from '../../shared/clock.ts'
import type {BreakerRow} from '../../store/breaker-states.ts'

export interface BreakerSettings {
  readonly enabled: boolean
  /** Failures in a row that open it. */
  readonly failureThreshold: number
  /** Successes in a row that close it again. */
  readonly successThreshold: number
  /** From open to half-open. */
  readonly recoveryMs: number
  /** Calls at a time while it is half-open. */
  readonly halfOpenRequests: number
}

export interface Transition {
  readonly from: BreakerState
  readonly to: BreakerState
  readonly why: string
}

/**
 * Keeps calls away from a backend that fails: closed it counts failures in a row, open it refuses, half-open it lets a few
 * through to see. Runs on the monotonic clock, without timers: it becomes half-open when it is asked.
 *
 * A call takes a pass and brings it back with its outcome. A pass is good for the state that it was given in: what ends
 * after the breaker has changed says nothing about the new state.
 */
export class CircuitBreaker {
  #settings: BreakerSettings
  readonly #clock: Clock
  readonly #onTransition: (transition: Transition) => void
  #state: BreakerState = 'closed'
  /** Good passes have this number; 0 stands for none. */
  #pass = 1
  #failures = 0
  #successes = 0
  #trials = 0
  #until = 0
  #openedAtWall = 0
  /** It opened because nothing could be reached: reaching it is news. */
  #absent = false
  #openedFor: string | undefined
  readonly #counts = {closed: 0, open: 0, half_open: 0}

  constructor(settings: BreakerSettings, clock: Clock, onTransition: (transition: Transition) => void) {
    this.#settings = settings
    this.#clock = clock
    this.#onTransition = onTransition
  }

  /** Goes on with other settings, in the state that it is in; one that is turned off closes. */
  configure(settings: BreakerSettings): void {
    this.#settings = settings
    if (!settings.enabled && this.#state !== 'closed') this.#become('closed', 'it was turned off')
  }

  get state(): BreakerState {
    return this.#state
  }

  /** How often it went into each state. */
  get transitions(): Readonly<Record<BreakerState, number>> {
    return this.#counts
  }

  /** Failures in a row, the newest included. */
  get failures(): number {
    return this.#failures
  }

  /** What opened it last; undefined before that, and where an earlier process saw it. */
  get openedFor(): string | undefined {
    return this.#openedFor
  }

  /** How long until a call may be let through; 0 where one may be now. */
  get retryAfterMs(): number {
    if (this.#state === 'open') return Math.max(0, Math.ceil(this.#until - this.#clock.now()))
    return 0
  }

  /** Whether a call now would be refused. Takes nothing. */
  get refuses(): boolean {
    if (this.#state === 'closed') return false
    if (this.#state === 'open') return this.#clock.now() < this.#until
    return this.#trials >= this.#settings.halfOpenRequests
  }

  /** @returns a pass, to be given back by exactly one of `succeeded`, `failed` and `undecided`; 0 when refused */
  admit(): number {
    if (this.#state === 'closed') return this.#pass
    if (this.refuses) return 0
    if (this.#state === 'open') this.#become('half_open', 'the recovery time is over')
    this.#trials++
    return this.#pass
  }

  succeeded(pass: number): void {
    if (pass !== this.#pass) return
    this.#failures = 0
    if (this.#state !== 'half_open') return
    this.#trials--
    if (++this.#successes >= this.#settings.successThreshold)
      this.#become('closed', `${this.#successes} calls in a row were answered`)
  }

  /** The call ended in a way that says nothing about the backend. */
  undecided(pass: number): void {
    if (pass === this.#pass && this.#state === 'half_open') this.#trials--
  }

  failed(pass: number, why: string): void {
    if (pass === this.#pass) this.failure(why, false)
  }

  /** A failure that belongs to no call: the process ended, nothing listens. @param absent nothing was reached at all */
  failure(why: string, absent: boolean): void {
    if (!this.#settings.enabled || this.#state === 'open') return
    this.#failures++
    if (this.#state === 'closed' && this.#failures < this.#settings.failureThreshold) return
    this.#absent = absent
    this.#until = this.#clock.now() + this.#settings.recoveryMs
    this.#openedAtWall = this.#clock.wallMs()
    this.#openedFor = why
    this.#become('open', why)
  }

  /** A new connection stands. Where it was open because there was none, calls may try it. */
  reached(): void {
    if (this.#state === 'open' && this.#absent) this.#become('closed', 'it can be reached again')
  }

  /** Goes on where an earlier process left off: no longer than the recovery time, however the wall clock was set. */
  restore({state, openedAt, failures, until}: BreakerRow): void {
    if (!this.#settings.enabled || state === 'closed') return
    const rest = state === 'half_open' || until === null ? 0 : until - this.#clock.wallMs()
    this.#until = this.#clock.now() + Math.min(Math.max(0, rest), this.#settings.recoveryMs)
    this.#openedAtWall = openedAt ?? this.#clock.wallMs()
    this.#failures = failures
    this.#state = 'open'
    this.#pass++
  }

  row(serverId: string): BreakerRow {
    const rest = this.#state === 'open' ? this.#until - this.#clock.now() : 0
    return {
      serverId,
      state: this.#state,
      openedAt: this.#openedAtWall,
      failures: this.#failures,
      until: Math.round(this.#clock.wallMs() + Math.max(0, rest)),
    }
  }

  #become(to: BreakerState, why: string): void {
    const from = this.#state
    this.#state = to
    this.#pass++
    this.#counts[to]++
    this.#trials = 0
    this.#successes = 0
    if (to === 'closed') this.#failures = 0
    this.#onTransition({from, to, why})
  }
}
