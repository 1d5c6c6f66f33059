import type {KeyPath} from './schema-walk.ts'

/** A part of the proxy that `config enable` and `config disable` switch. */
export interface Switch {
  readonly name: string
  readonly path: KeyPath
  /** What holds where the file says nothing of the section. */
  readonly whenAbsent: boolean
}

export const switches: readonly Switch[] = [
  {name: 'cache', path: ['cache', 'enabled'], whenAbsent: false},
  {name: 'auth', path: ['auth', 'enabled'], whenAbsent: false},
  {name: 'rate_limit', path: ['rate_limit', 'enabled'], whenAbsent: false},
  {name: 'request_log', path: ['observability', 'request_log', 'enabled'], whenAbsent: false},
  {name: 'compression', path: ['context_optimization', 'compression', 'enabled'], whenAbsent: false},
  {name: 'metrics', path: ['observability', 'metrics', 'enabled'], whenAbsent: true},
  {name: 'tracing', path: ['observability', 'tracing', 'enabled'], whenAbsent: false},
  {name: 'profiling', path: ['profiling', 'enabled'], whenAbsent: false},
  {name: 'batching', path: ['proxy', 'batching', 'enabled'], whenAbsent: false},
]
