import {isDeepStrictEqual} from 'node:util'
import type {Config} from '../../config/schema.ts'
import type {Snapshot} from '../../control/contract/snapshot.ts'
import type {Clock} from '../../shared/clock.ts'
import type {Backend} from '../backend.ts'
import {AnswerCache} from './answer-cache.ts'
import {type CacheRedis, type CacheRedisParts, openCacheRedis} from './cache-redis.ts'
import {type CacheSettings, cacheSettings} from './cache-settings.ts'
import {KeptAnswers} from './kept-answers.ts'

export interface LiveCacheParts extends CacheRedisParts {
  readonly clock: Clock
}

/** Another configuration, made ready beside the one in force. One of the two is called, once. */
export interface CacheChange {
  /** In one step. The promise is for what other instances know: until it has resolved nothing is shared with them. */
  readonly use: () => Promise<void>
  readonly discard: () => void
}

const sweepMs = 30_000
const channel = 'changed'
/** A subscription may be lost for a moment unseen. */
const refreshMs = 5_000

/**
 * The cache of the moment, from the first configuration that asks for one on. What is kept outlives another configuration
 * as far as that allows it: limits and times hold for what is there too; another Redis, or the first, begins with nothing,
 * since nobody knows what became invalid there.
 */
export class LiveCache {
  readonly #parts: LiveCacheParts
  readonly #connected = new WeakSet<Backend>()
  #answers: AnswerCache | undefined
  #settings: CacheSettings = {limits: undefined, redis: undefined, batching: undefined}
  #kept: KeptAnswers | undefined
  #redis: CacheRedis | undefined
  #evictions = 0
  #sweeper: NodeJS.Timeout | undefined
  #refresher: NodeJS.Timeout | undefined

  constructor(parts: LiveCacheParts) {
    this.#parts = parts
  }

  /**
   * What stands between the methods and the servers of a configuration; undefined where it asks for nothing, so that
   * nothing is in the way then. To be asked for between `prepare` and `use`, or later.
   */
  for(config: Pick<Config, 'cache' | 'proxy'>): AnswerCache | undefined {
    const {limits, batching} = cacheSettings(config)
    return limits === undefined && batching === undefined ? undefined : this.#answers
  }

  /** @throws AppError `REDIS_URL_INVALID`; then nothing has changed */
  async prepare(config: Pick<Config, 'cache' | 'proxy' | 'servers'>): Promise<CacheChange> {
    const settings = cacheSettings(config)
    const moves = !isDeepStrictEqual(settings.redis, this.#redis?.place)
    const redis = moves && settings.redis ? await openCacheRedis(settings.redis, this.#parts) : undefined
    if (settings.limits !== undefined || settings.batching !== undefined)
      this.#answers ??= new AnswerCache({
        kept: undefined,
        shared: undefined,
        batching: undefined,
        longestMs: Number.POSITIVE_INFINITY,
        now: this.#parts.clock.now,
      })
    return {
      use: async () => {
        this.#use(settings)
        if (moves)
          await this.#move(
            redis,
            config.servers.map(({id}) => id),
          )
      },
      discard: () => redis?.close(),
    }
  }

  /** A server has a connection; where it had one before, it may be another program now. */
  connected(backend: Backend): void {
    if (this.#connected.has(backend)) this.#answers?.generations.newForServer(backend.id)
    this.#connected.add(backend)
  }

  /** A server said something that belongs to no call. */
  heard(backend: Backend, method: string): void {
    this.#answers?.heard(backend, method)
  }

  resourceUpdated(backend: Backend, uri: string): void {
    this.#answers?.resourceUpdated(backend, uri)
  }

  /** For consoles; undefined while no configuration has asked for a cache yet. */
  report(): Snapshot['cache'] {
    const answers = this.#answers
    if (answers === undefined) return undefined
    const {limits, batching} = this.#settings
    const redis = this.#redis
    return {
      ...figuresOf(answers),
      enabled: limits !== undefined,
      backend: redis === undefined ? 'memory' : 'redis',
      batching: batching !== undefined,
      entries: this.#kept?.size ?? 0,
      bytes: this.#kept?.bytes ?? 0,
      evictions: this.#evictions + (this.#kept?.evictions ?? 0),
      maxEntries: limits?.maxEntries ?? 0,
      maxBytes: limits?.maxBytes ?? 0,
      ttlMs: limits?.longestMs ?? null,
      redis: redis ? {up: redis.store.available, hits: redis.shared.hits, lastError: redis.lastError} : null,
    }
  }

  /** @returns how many answers were in memory. @throws Error where Redis cannot be cleared; the memory is */
  async clear(serverId?: string): Promise<number> {
    const answers = this.#answers
    const dropped = answers?.clear(serverId) ?? 0
    if (serverId === undefined) await this.#redis?.store.clear().finally(() => answers?.generations.rewrite())
    return dropped
  }

  close(): void {
    clearInterval(this.#sweeper)
    clearInterval(this.#refresher)
    this.#answers?.generations.stop()
    this.#redis?.close()
  }

  #use(settings: CacheSettings): void {
    const {limits, batching} = settings
    this.#settings = settings
    if (limits === undefined) {
      this.#evictions += this.#kept?.evictions ?? 0
      this.#kept = undefined
    } else if (this.#kept === undefined) this.#kept = new KeptAnswers(limits, this.#parts.clock.now)
    else this.#kept.configure(limits)
    this.#answers?.configure({
      kept: this.#kept,
      batching,
      longestMs: limits?.longestMs ?? Number.POSITIVE_INFINITY,
    })
    clearInterval(this.#sweeper)
    this.#sweeper = this.#kept && setInterval(() => this.#kept?.sweep(), sweepMs).unref()
  }

  /** What is kept here stays where nobody else is asked any more; among others it would be news that nobody checked. */
  async #move(redis: CacheRedis | undefined, serverIds: readonly string[]): Promise<void> {
    const answers = this.#answers
    clearInterval(this.#refresher)
    this.#redis?.close()
    this.#redis = redis
    answers?.configure({shared: undefined})
    answers?.generations.share(redis && this.#generationsIn(redis))
    if (redis === undefined || answers === undefined) return
    answers.forgetHere()
    redis.store.subscribe(channel, text => answers.generations.heard(text))
    redis.onBack = () => {
      answers.forgetHere()
      void answers.generations.catchUp()
    }
    this.#refresher = setInterval(() => void answers.generations.refresh(), refreshMs).unref()
    await answers.generations.catchUp(serverIds)
    if (this.#redis === redis) answers.configure({shared: redis.shared})
  }

  #generationsIn({store}: CacheRedis) {
    return {
      get: (key: string) => store.get(key),
      // No answer of before is left when this has gone.
      set: (key: string, value: string) =>
        store.set(key, value, Math.max(86_400_000, (this.#settings.limits?.longestMs ?? 0) * 2)),
      publish: (text: string) => store.publish(channel, text),
    }
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
