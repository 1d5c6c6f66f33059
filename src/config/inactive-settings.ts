/** A valid setting that this version does not act on yet. */
export interface InactiveSetting {
  /** `*` stands for any index. */
  readonly place: string
  /** Without it the operator is less protected than the file says: `start` refuses. */
  readonly protects?: true
}

/** Never accepted in silence. An entry goes when its setting starts to work. */
export const inactiveSettings: readonly InactiveSetting[] = [
  {place: 'server.tls', protects: true},
  {place: 'server.session_key'},
  {place: 'servers.*.group'},
  {place: 'servers.*.role'},
  {place: 'servers.*.weight'},
  {place: 'servers.*.retry'},
  {place: 'servers.*.health_check'},
  {place: 'proxy'},
  {place: 'cache'},
  {place: 'context_optimization'},
  {place: 'health'},
  {place: 'circuit_breaker'},
  {place: 'auth', protects: true},
  {place: 'rate_limit', protects: true},
  {place: 'observability.request_log'},
  {place: 'tui'},
]
