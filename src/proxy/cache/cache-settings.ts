import type {Config} from '../../config/schema.ts'
import type {RedisPlace} from './cache-redis.ts'
import type {KeptLimits} from './kept-answers.ts'

/** What a configuration says of answers that are kept or shared. */
export interface CacheSettings {
  /** Undefined where none is kept. */
  readonly limits: KeptLimits | undefined
  /** Undefined where they are kept in memory alone. */
  readonly redis: RedisPlace | undefined
  readonly batching: {readonly windowMs: number; readonly maxSize: number} | undefined
}

const usualEviction = {high_water_mark: 0.9, low_water_mark: 0.7}

export function cacheSettings({cache, proxy}: Pick<Config, 'cache' | 'proxy'>): CacheSettings {
  const batching = proxy?.batching?.enabled === true ? proxy.batching : undefined
  const shared = batching && {windowMs: batching.window_ms, maxSize: batching.max_batch_size}
  if (cache?.enabled !== true) return {limits: undefined, redis: undefined, batching: shared}
  const {high_water_mark, low_water_mark} = cache.eviction ?? usualEviction
  return {
    limits: {
      maxBytes: cache.max_size_mb * 1_000_000,
      maxEntries: cache.max_entries,
      highWater: high_water_mark,
      lowWater: low_water_mark,
      longestMs: cache.ttl_seconds * 1000,
    },
    redis: cache.backend === 'redis' ? cache.redis : undefined,
    batching: shared,
  }
}
