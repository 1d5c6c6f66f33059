import type {BackendConfig} from '../../config/schema.ts'

export interface ProbeResult {
  readonly ok: boolean
  readonly latencyMs: number
  /** What was wrong; null where nothing was. */
  readonly error: string | null
}

type Thresholds = Pick<NonNullable<BackendConfig['health_check']>, 'healthy_threshold' | 'unhealthy_threshold'>

/** What the probes of one server come to: well until so many in a row fail, unwell until so many succeed. */
export class ProbeHealth {
  #thresholds: Thresholds
  #healthy = true
  #row = 0
  #last: (ProbeResult & {readonly at: number}) | undefined

  constructor(thresholds: Thresholds) {
    this.#thresholds = thresholds
  }

  configure(thresholds: Thresholds): void {
    this.#thresholds = thresholds
  }

  get healthy(): boolean {
    return this.#healthy
  }

  /** The newest result; `at` in wall clock milliseconds. */
  get last(): (ProbeResult & {readonly at: number}) | undefined {
    return this.#last
  }

  /** @returns whether it is now well, or unwell, and was not before */
  note(result: ProbeResult, at: number): boolean {
    this.#last = {...result, at}
    this.#row = result.ok === this.#healthy ? 0 : this.#row + 1
    const {healthy_threshold, unhealthy_threshold} = this.#thresholds
    if (this.#row < (this.#healthy ? unhealthy_threshold : healthy_threshold)) return false
    this.#healthy = result.ok
    this.#row = 0
    return true
  }

  /** A new connection: what was true of the old one is not of this. */
  reset(): void {
    this.#healthy = true
    this.#row = 0
  }
}
