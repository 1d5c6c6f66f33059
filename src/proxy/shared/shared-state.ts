import type {Config} from '../../config/schema.ts'
import type {Redactor} from '../../redaction/redactor.ts'
import type {RedisStore} from '../../store/redis.ts'
import type {SharedCounter} from '../access/shared-counter.ts'
import type {LogMessage} from '../runtime-log.ts'
import {InstanceBus} from './instance-bus.ts'

/** For consoles and metrics. */
export interface SharedReport {
  readonly up: boolean
  /** ISO-8601 UTC of the last change. */
  readonly since: string
  readonly lastError: string | null
  /** Messages to and from other instances. */
  readonly sent: number
  readonly received: number
}

/** What instances have in common, while Redis is there; without it each goes on by itself. */
export interface SharedState {
  readonly bus: InstanceBus
  readonly counter: SharedCounter
  report(): SharedReport
  /** Called when Redis is back: what others told meanwhile was missed. */
  onBack: () => void
  close(): void
}

export interface SharedStateOptions {
  readonly instance: string
  readonly redactor: Redactor
  /** ISO-8601 UTC. */
  readonly now: () => string
  readonly log: (message: LogMessage) => void
}

/** Where a configuration has its shared Redis; undefined for an instance of its own. */
export function sharedRedisOf(config: Config): {readonly url: string; readonly key_prefix: string} | undefined {
  if (config.shared?.redis !== undefined) return config.shared.redis
  return config.cache?.backend === 'redis' ? config.cache.redis : undefined
}

/** @throws AppError `REDIS_URL_INVALID` */
export async function openSharedState(
  config: Config,
  {instance, redactor, now, log}: SharedStateOptions,
): Promise<SharedState | undefined> {
  const place = sharedRedisOf(config)
  if (place === undefined) return undefined
  const {openRedis} = await import('../../store/redis.ts')
  let [up, since, lastError]: [boolean, string, string | null] = [true, now(), null]
  const warn = (kind: string, message: string, error: string): void => {
    lastError = redactor.text(error)
    log({level: 'WARN', module: 'shared', kind, message, pairs: {error: lastError}})
  }
  const redis: RedisStore = await openRedis(place.url, place.key_prefix, {
    onAway: error => {
      ;[up, since] = [false, now()]
      warn('SharedStateAway', 'Redis cannot be reached: limits, news and sessions are local until it is back', error)
    },
    onBack: () => {
      ;[up, since] = [true, now()]
      log({level: 'INFO', module: 'shared', kind: 'SharedStateBack', message: 'Redis can be reached again'})
      state.onBack()
    },
    onRefused: error => warn('SharedStateRefused', 'Redis answers, and refuses what it is asked', error),
  })
  const bus = new InstanceBus(redis, instance)
  const state: SharedState = {
    bus,
    // 0 while Redis is away: the limit of this instance alone holds then.
    counter: {hit: (key, windowMs) => redis.hit(`limit:${key}`, windowMs)},
    report: () => ({up, since, lastError, sent: bus.sent, received: bus.received}),
    onBack: () => {},
    close: () => redis.close(),
  }
  return state
}
