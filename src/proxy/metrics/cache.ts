import type {MetricsGroup} from './input.ts'

/** Zero where nothing is kept: a dashboard wants a line, not a gap. */
export const cacheMetrics: MetricsGroup = (page, {snapshot: {cache}}) => {
  page.single('only1mcp_cache_hits_total', 'counter', 'Questions answered without a server.', cache?.hits ?? 0)
  page.single('only1mcp_cache_misses_total', 'counter', 'Questions that a server was asked.', cache?.misses ?? 0)
  page.single('only1mcp_cache_evictions_total', 'counter', 'Answers thrown out for others.', cache?.evictions ?? 0)
  page.single('only1mcp_cache_entries', 'gauge', 'Answers in memory.', cache?.entries ?? 0)
  page.single('only1mcp_cache_size_bytes', 'gauge', 'Memory that they take.', cache?.bytes ?? 0)
  page.single(
    'only1mcp_batched_requests_total',
    'counter',
    'Requests that got the answer of a call made for another one.',
    cache?.batched ?? 0,
  )
  if (!cache?.redis) return
  page.single('only1mcp_cache_redis_up', 'gauge', '1 while answers can be shared.', cache.redis.up ? 1 : 0)
  page.single('only1mcp_cache_redis_hits_total', 'counter', 'Answers that came from Redis.', cache.redis.hits)
}
