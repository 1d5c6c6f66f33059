import type {Config} from '../../config/schema.ts'
import type {Snapshot} from '../../control/contract/snapshot.ts'
import type {Redactor} from '../../redaction/redactor.ts'
import type {Clock} from '../../shared/clock.ts'
import type {RedisStore} from '../../store/redis.ts'
import type {LogMessage} from '../runtime-log.ts'
import {AnswerCache} from './answer-cache.ts'
import {Generations} from './generations.ts'
import {KeptAnswers} from './kept-answers.ts'
import {SharedAnswers} from './shared-answers.ts'

export interface OpenAnswerCacheOptions {
  readonly config: Pick<Config, 'cache' | 'proxy' | 'servers'>
  readonly clock: Clock
  readonly redactor: Redactor
  readonly log: (message: LogMessage) => void
}

/** A cache together with what it runs on. */
export interface OpenAnswerCache {
  readonly answers: AnswerCache
  report(): NonNullable<Snapshot['cache']>
  /** @returns how many answers were in memory. @throws Error where Redis cannot be cleared; the memory is */
  clear(serverId?: string): Promise<number>
  close(): void
}

const usual = {backend: 'memory', max_size_mb: 100, max_entries: 10_000, ttl_seconds: 300} as const
const usualEviction = {high_water_mark: 0.9, low_water_mark: 0.7}
const sweepMs = 30_000
const channel = 'changed'
/** A subscription may be lost for a moment unseen. */
const refreshMs = 5_000

/**
 * The cache that a configuration asks for; undefined where neither `cache` nor `proxy.batching` is enabled, so that
 * nothing is in the way then.
 * @throws AppError `REDIS_URL_INVALID`
 */
export async function openAnswerCache(options: OpenAnswerCacheOptions): Promise<OpenAnswerCache | undefined> {
  const {config, clock} = options
  const cache = config.cache?.enabled === true ? config.cache : undefined
  const batching = config.proxy?.batching?.enabled === true ? config.proxy.batching : undefined
  if (cache === undefined && batching === undefined) return undefined
  const {max_size_mb, max_entries, ttl_seconds, eviction} = {...usual, ...cache}
  const {high_water_mark, low_water_mark} = eviction ?? usualEviction
  const kept =
    cache &&
    new KeptAnswers({
      maxBytes: max_size_mb * 1_000_000,
      maxEntries: max_entries,
      highWater: high_water_mark,
      lowWater: low_water_mark,
      now: clock.now,
    })
  const redis = cache?.backend === 'redis' && cache.redis ? await openShared(cache.redis, options) : undefined
  const shared = redis && new SharedAnswers(redis.store)
  const longestMs = ttl_seconds * 1000
  const answers = new AnswerCache(
    {
      kept,
      shared,
      batching: batching && {windowMs: batching.window_ms, maxSize: batching.max_batch_size},
      longestMs: cache === undefined ? Number.POSITIVE_INFINITY : longestMs,
      now: clock.now,
    },
    onChange =>
      new Generations(
        redis && {
          get: key => redis.store.get(key),
          // No answer of before is left when this has gone.
          set: (key, value) => redis.store.set(key, value, Math.max(86_400_000, longestMs * 2)),
          publish: text => redis.store.publish(channel, text),
        },
        onChange,
      ),
  )
  const ids = config.servers.map(({id}) => id)
  if (redis) {
    redis.store.subscribe(channel, text => answers.generations.heard(text))
    redis.onBack = () => {
      answers.forgetHere()
      void answers.generations.catchUp()
    }
    await answers.generations.catchUp(ids)
  }
  const sweeper = kept && setInterval(() => kept.sweep(), sweepMs).unref()
  const refresher = redis && setInterval(() => void answers.generations.refresh(), refreshMs).unref()
  return {
    answers,
    report: () => ({
      ...figuresOf(answers),
      enabled: cache !== undefined,
      backend: cache?.backend ?? 'memory',
      batching: batching !== undefined,
      entries: kept?.size ?? 0,
      bytes: kept?.bytes ?? 0,
      evictions: kept?.evictions ?? 0,
      maxEntries: max_entries,
      maxBytes: max_size_mb * 1_000_000,
      ttlMs: cache === undefined ? null : longestMs,
      redis: redis && shared ? {up: redis.store.available, hits: shared.hits, lastError: redis.lastError} : null,
    }),
    clear: async serverId => {
      const dropped = answers.clear(serverId)
      if (serverId === undefined && redis) {
        await redis.store.clear().finally(() => answers.generations.rewrite())
      }
      return dropped
    },
    close: () => {
      clearInterval(sweeper)
      clearInterval(refresher)
      answers.generations.stop()
      redis?.store.close()
    },
  }
}

function figuresOf({figures}: AnswerCache) {
  return {
    hits: figures.total('hits'),
    misses: figures.total('misses'),
    bypassed: figures.total('bypassed'),
    batched: figures.batched,
    invalidations: figures.invalidations,
    methods: [...figures.methods].map(([method, counts]) => ({method, ...counts})),
  }
}

interface SharedRedis {
  readonly store: RedisStore
  lastError: string | null
  onBack: () => void
}

/** Its keys stand below a prefix of their own, so that clearing the cache removes nothing else of ours. */
async function openShared(
  {url, key_prefix}: {readonly url: string; readonly key_prefix: string},
  {redactor, log}: OpenAnswerCacheOptions,
): Promise<SharedRedis> {
  const {openRedis} = await import('../../store/redis.ts')
  const state = {lastError: null as string | null, onBack: () => {}}
  const warn = (kind: string, message: string, error: string): void => {
    state.lastError = redactor.text(error)
    log({level: 'WARN', module: 'cache', kind, message, pairs: {error: state.lastError}})
  }
  const store = await openRedis(url, `${key_prefix}cache:`, {
    onAway: error => warn('CacheAway', 'Redis cannot be reached: this instance keeps answers for itself', error),
    onBack: () => {
      state.lastError = null
      log({level: 'INFO', module: 'cache', kind: 'CacheBack', message: 'Redis can be reached again'})
      state.onBack()
    },
    onRefused: error => warn('CacheRefused', 'Redis answers, and refuses to keep answers', error),
  })
  return Object.assign(state, {store})
}
