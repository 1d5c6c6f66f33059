import {z} from 'zod'
import {connectionPoolDefaults, loadBalancerDefaults} from '../traffic-defaults.ts'
import {count, duration, name, secret, share, size} from './values.ts'

const whole = z.number().int().nonnegative()

/** How calls find their way to a backend. */
export const proxy = z.strictObject({
  load_balancer: z
    .strictObject({
      algorithm: z
        .enum(['round_robin', 'least_connections', 'random', 'weighted_random', 'consistent_hash'])
        .default(loadBalancerDefaults.algorithm),
      virtual_nodes: count
        .max(10_000)
        .default(loadBalancerDefaults.virtual_nodes)
        .describe('points of each server on the ring of consistent_hash'),
      slow_start: duration
        .default(loadBalancerDefaults.slow_start)
        .describe('how long a server that came back takes to get its whole share'),
      session_affinity: z
        .boolean()
        .default(loadBalancerDefaults.session_affinity)
        .describe('a legacy session stays with the legacy server of a group that it met first'),
    })
    .optional(),
  connection_pool: z
    .strictObject({
      max_per_backend: count
        .default(connectionPoolDefaults.max_per_backend)
        .describe('calls on their way to one server at a time'),
      max_queue: whole
        .default(connectionPoolDefaults.max_queue)
        .describe('calls that wait for that; further ones are refused at once'),
      min_idle: whole.default(connectionPoolDefaults.min_idle),
      max_idle_time_ms: whole.default(connectionPoolDefaults.max_idle_time_ms),
      validation_interval: duration.default(connectionPoolDefaults.validation_interval),
    })
    .optional(),
  batching: z
    .strictObject({
      enabled: z.boolean().default(false),
      window_ms: whole
        .max(60_000)
        .default(100)
        .describe('a call that was sent answers identical reads that come within this time'),
      max_batch_size: count.default(50).describe('requests that one call answers at most'),
    })
    .optional(),
  hot_reload: z
    .strictObject({
      enabled: z.boolean().default(true),
      settle: duration.default(300_000).describe('a config that served this long becomes a generation'),
    })
    .optional(),
})

/** Answers kept, here or in Redis. */
export const cache = z.strictObject({
  enabled: z.boolean().default(false),
  backend: z.enum(['memory', 'redis']).default('memory'),
  max_size_mb: z.number().positive().max(1_000_000).default(100).describe('of memory'),
  max_entries: count.default(10_000),
  ttl_seconds: z
    .number()
    .nonnegative()
    .max(31_536_000)
    .default(300)
    .describe('no answer is kept longer; a server may say less'),
  eviction: z
    .strictObject({
      policy: z.enum(['lru']).default('lru'),
      high_water_mark: share.default(0.9).describe('above this share of a limit answers are thrown out'),
      low_water_mark: share.default(0.7).describe('until this share of it is left'),
    })
    .refine(({high_water_mark, low_water_mark}) => low_water_mark <= high_water_mark, {
      error: 'low_water_mark must not be above high_water_mark',
      path: ['low_water_mark'],
    })
    .optional(),
  redis: z.strictObject({url: secret, key_prefix: name.default('only1mcp:')}).optional(),
})

/** What several instances have in common. */
export const shared = z
  .strictObject({redis: z.strictObject({url: secret, key_prefix: name.default('only1mcp:')}).optional()})
  .describe('rate limits, news of servers and streams of sessions over all instances; needs server.session_key')

export const contextOptimization = z.strictObject({
  compression: z
    .strictObject({
      enabled: z.boolean().default(false),
      algorithm: z.enum(['gzip', 'br', 'zstd']).default('gzip'),
      level: z.number().int().min(1).max(22).optional(),
      min_size: size.default(1024),
    })
    .optional(),
})

const breakerKeys = {
  enabled: z.boolean().default(true),
  failure_threshold: count.default(5),
  success_threshold: count.default(2),
  half_open_requests: count.default(3),
}

const recoveryTimeout = duration.default(30_000).describe('from open to half-open')

export const health = z.strictObject({
  circuit_breaker: z.strictObject({...breakerKeys, recovery_timeout: recoveryTimeout}).optional(),
})

/** The other spelling of `health.circuit_breaker`. */
export const circuitBreakerAlias = z.strictObject({...breakerKeys, timeout: recoveryTimeout})
