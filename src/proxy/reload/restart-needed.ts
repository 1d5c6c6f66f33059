import {isDeepStrictEqual} from 'node:util'
import type {Config} from '../../config/schema.ts'
import {sharedRedisOf} from '../shared/shared-state.ts'

/** Settings that a running process cannot take up: what listens where, which files and databases are open. */
const fixed: readonly {readonly place: string; readonly of: (config: Config) => unknown}[] = [
  {place: 'server.host', of: ({server}) => server.host},
  {place: 'server.port', of: ({server}) => server.port},
  {place: 'server.plain', of: ({server}) => server.plain},
  {place: 'server.tls', of: ({server: {tls}}) => tls !== undefined},
  {place: 'server.tls.port', of: ({server: {tls}}) => tls?.port},
  {place: 'server.tls.client_ca', of: ({server: {tls}}) => tls?.client_ca !== undefined},
  {place: 'shared.redis (or cache.redis in its place)', of: sharedRedisOf},
  {place: 'auth.mtls.enabled', of: ({auth, server}) => server.tls && auth?.enabled && auth.mtls?.enabled === true},
  {place: 'paths', of: ({paths}) => paths},
  {place: 'observability.metrics', of: ({observability}) => observability.metrics},
  {place: 'observability.request_log', of: ({observability}) => observability.request_log},
  {
    place: 'servers.*.health_check (its history)',
    of: ({servers}) => servers.some(server => server.health_check?.enabled),
  },
  {place: 'profiling', of: ({profiling}) => profiling},
]

/** Where a configuration differs from the one that the process was started with in what takes a restart. */
export function restartNeeded(started: Config, next: Config): string[] {
  return fixed.flatMap(({place, of}) => (isDeepStrictEqual(of(started), of(next)) ? [] : [place]))
}
