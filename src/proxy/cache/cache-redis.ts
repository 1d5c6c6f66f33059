import type {Redactor} from '../../redaction/redactor.ts'
import type {RedisStore} from '../../store/redis.ts'
import type {LogMessage} from '../runtime-log.ts'
import {SharedAnswers} from './shared-answers.ts'

/** Where answers are shared, as `cache.redis` says. */
export interface RedisPlace {
  readonly url: string
  readonly key_prefix: string
}

/** An open Redis that answers are shared in. */
export interface CacheRedis {
  readonly place: RedisPlace
  readonly store: RedisStore
  readonly shared: SharedAnswers
  readonly lastError: string | null
  /** Called when Redis is back: what others told meanwhile was missed. */
  onBack: () => void
  close(): void
}

export interface CacheRedisParts {
  readonly redactor: Redactor
  readonly log: (message: LogMessage) => void
}

/**
 * Its keys stand below a prefix of their own, so that clearing the cache removes nothing else of ours.
 * @throws AppError `REDIS_URL_INVALID`
 */
export async function openCacheRedis(place: RedisPlace, {redactor, log}: CacheRedisParts): Promise<CacheRedis> {
  const {openRedis} = await import('../../store/redis.ts')
  let lastError: string | null = null
  let closed = false
  const warn = (kind: string, message: string, error: string): void => {
    lastError = redactor.text(error)
    if (!closed) log({level: 'WARN', module: 'cache', kind, message, pairs: {error: lastError}})
  }
  const store = await openRedis(place.url, `${place.key_prefix}cache:`, {
    onAway: error => warn('CacheAway', 'Redis cannot be reached: this instance keeps answers for itself', error),
    onBack: () => {
      lastError = null
      if (closed) return
      log({level: 'INFO', module: 'cache', kind: 'CacheBack', message: 'Redis can be reached again'})
      redis.onBack()
    },
    onRefused: error => warn('CacheRefused', 'Redis answers, and refuses to keep answers', error),
  })
  const redis: CacheRedis = {
    place,
    store,
    shared: new SharedAnswers(store),
    get lastError() {
      return lastError
    },
    onBack: () => {},
    close: () => {
      closed = true
      store.close()
    },
  }
  return redis
}
