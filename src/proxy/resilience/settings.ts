import {proxy} from '../../config/schema/traffic.ts'
import type {Config} from '../../config/schema.ts'
import type {BreakerSettings} from './breaker.ts'

/** What holds where the file says nothing: the same as an empty section. */
const usual = proxy.parse({load_balancer: {}, connection_pool: {}})

type Section<Key extends 'load_balancer' | 'connection_pool'> = NonNullable<NonNullable<Config['proxy']>[Key]>

export function loadBalancerOf({proxy: own}: Pick<Config, 'proxy'>): Section<'load_balancer'> {
  return own?.load_balancer ?? (usual.load_balancer as Section<'load_balancer'>)
}

export function poolOf({proxy: own}: Pick<Config, 'proxy'>): Section<'connection_pool'> {
  return own?.connection_pool ?? (usual.connection_pool as Section<'connection_pool'>)
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
