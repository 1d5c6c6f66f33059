import type {Config} from '../../config/schema.ts'
import {connectionPoolDefaults, loadBalancerDefaults} from '../../config/traffic-defaults.ts'
import {defaultPool, type HttpPoolOptions} from '../../mcp/http-client.ts'
import type {BreakerSettings} from './breaker.ts'

type Section<Key extends 'load_balancer' | 'connection_pool'> = NonNullable<NonNullable<Config['proxy']>[Key]>

export function loadBalancerOf({proxy: own}: Pick<Config, 'proxy'>): Section<'load_balancer'> {
  return own?.load_balancer ?? loadBalancerDefaults
}

export function poolOf({proxy: own}: Pick<Config, 'proxy'>): Section<'connection_pool'> {
  return own?.connection_pool ?? connectionPoolDefaults
}

/** Beside calls: a session's own stream, a standing listen, lists and probes. */
const spareConnections = 28
const shortestValidationMs = 100

/** Connections to each HTTP server: as many as it gets calls at a time, and a few. */
export function httpPoolOf(config: Pick<Config, 'proxy'>): HttpPoolOptions {
  const {max_per_backend, min_idle, max_idle_time_ms, validation_interval} = poolOf(config)
  const maxConnections = max_per_backend + spareConnections
  // Where nobody says how long, as short as most servers keep their side of it.
  if (config.proxy?.connection_pool === undefined) return {...defaultPool, maxConnections}
  return {
    maxConnections,
    minIdle: min_idle,
    maxIdleMs: max_idle_time_ms,
    validationMs: Math.max(shortestValidationMs, validation_interval),
  }
}

export function breakerSettingsOf({health}: Pick<Config, 'health'>): BreakerSettings {
  const breaker = health?.circuit_breaker
  return {
    enabled: breaker?.enabled ?? true,
    failureThreshold: breaker?.failure_threshold ?? 5,
    successThreshold: breaker?.success_threshold ?? 2,
    recoveryMs: breaker?.recovery_timeout ?? 30_000,
    halfOpenRequests: breaker?.half_open_requests ?? 3,
  }
}
