import {
  applyFilter,
  type FilterText,
  formatLogFilter,
  type LogFilter,
  levelFor,
  passes,
} from '../../shared/log-filter.ts'
import type {LogLevel} from '../../shared/log-line.ts'

/**
 * What one module may say now. Looked at before a message is built, so that a level that is off costs one read; the same
 * object stays true when the filter changes.
 */
export interface LogGate {
  readonly trace: boolean
  readonly debug: boolean
  readonly info: boolean
  readonly warn: boolean
  readonly error: boolean
}

/** The log filter at work: as configured, and as an operator has changed it since. */
export class LogGates {
  #configured: LogFilter
  #filter: LogFilter
  readonly #gates = new Map<string, Record<LogLevel, boolean>>()

  constructor(configured: LogFilter) {
    this.#configured = configured
    this.#filter = configured
  }

  /** @param module without the `only1mcp::` in front */
  gate(module: string): LogGate {
    const known = this.#gates.get(module)
    if (known) return known
    const gate = {trace: false, debug: false, info: false, warn: false, error: false}
    this.#set(gate, module)
    this.#gates.set(module, gate)
    return gate
  }

  get filter(): LogFilter {
    return this.#filter
  }

  get text(): string {
    return formatLogFilter(this.#filter)
  }

  get configuredText(): string {
    return formatLogFilter(this.#configured)
  }

  change(over: FilterText): void {
    this.#use(applyFilter(this.#filter, over))
  }

  /** Another configuration. What an operator changed stays, unless this says something new. */
  configure(configured: LogFilter): void {
    const same = formatLogFilter(configured) === this.configuredText
    this.#configured = configured
    if (!same) this.#use(configured)
  }

  /** Back to what the runtime was started with. */
  reset(): void {
    this.#use(this.#configured)
  }

  #use(filter: LogFilter): void {
    this.#filter = filter
    for (const [module, gate] of this.#gates) this.#set(gate, module)
  }

  #set(gate: Record<LogLevel, boolean>, module: string): void {
    const least = levelFor(this.#filter, `only1mcp::${module}`)
    for (const level of Object.keys(gate) as LogLevel[]) gate[level] = passes(least, level)
  }
}
