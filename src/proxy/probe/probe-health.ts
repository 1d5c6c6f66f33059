import type {BackendConfig} from '../../config/schema.ts'
import {CallFailure} from '../../mcp/call-failure.ts'
import {rpcCode} from '../../mcp/protocol.ts'

export interface ProbeResult {
  readonly ok: boolean
  readonly latencyMs: number
  /** What was wrong; null where nothing was. */
  readonly error: string | null
}

type HealthCheck = NonNullable<BackendConfig['health_check']>

/** What an empty section says. */
const usual: HealthCheck = {
  enabled: true,
  interval: 30_000,
  timeout: 5_000,
  healthy_threshold: 2,
  unhealthy_threshold: 3,
}

/** What the probes of one server come to: well until so many in a row fail, unwell until so many succeed. */
export class ProbeHealth {
  readonly counts = {success: 0, failure: 0}
  #check: HealthCheck = usual
  #healthy = true
  #row = 0
  #last: (ProbeResult & {readonly at: number}) | undefined

  constructor(config: BackendConfig) {
    this.configure(config)
  }

  configure({health_check}: BackendConfig): void {
    this.#check = health_check ?? usual
  }

  /** How it is probed. */
  get check(): HealthCheck {
    return this.#check
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
    this.counts[result.ok ? 'success' : 'failure']++
    this.#last = {...result, at}
    this.#row = result.ok === this.#healthy ? 0 : this.#row + 1
    const {healthy_threshold, unhealthy_threshold} = this.#check
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

/** What a server is down for when nobody has called it: consoles and the history show it as its last error. */
export function unhealthy(error: string): CallFailure {
  return new CallFailure(`it does not answer its health probes: ${error}`, {
    kind: 'ProbeUnhealthy',
    blame: 'backend-logic',
    code: rpcCode.noBackend,
    delivered: 'no',
  })
}
