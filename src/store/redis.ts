import type {Redis} from 'ioredis'
import {messageOf} from '../shared/errors.ts'
import {RedisChannels} from './redis-channels.ts'
import {RedisCircuit} from './redis-circuit.ts'
import {parseRedisUrl} from './redis-url.ts'

/** What an operator should hear of; each once for each change. Messages never hold a password. */
export interface RedisEvents {
  /** Redis cannot be used from now on; everything is answered locally. */
  readonly onAway: (message: string) => void
  /** It can be used again; what other instances published meanwhile was missed. */
  readonly onBack: () => void
  /** It answers, and refuses: out of memory, read-only, no permission. Told once until it is away or takes a command. */
  readonly onRefused: (message: string) => void
}

/** Shared state that may be lost at any time. No call but `clear` ever rejects, and none takes longer than 50 ms. */
export interface RedisStore {
  /** Whether a call now would reach Redis. */
  readonly available: boolean
  /** Null for what is not there, and while Redis is away. */
  get(key: string): Promise<Buffer | null>
  /** A value with the time that it is still kept; null for what is not there or never ends, and while Redis is away. */
  getWithTtl(key: string): Promise<{readonly value: Buffer; readonly ttlMs: number} | null>
  /** @returns whether it was kept */
  set(key: string, value: Buffer | string, ttlMs: number): Promise<boolean>
  del(keys: readonly string[]): Promise<void>
  /** Removes every key of our prefix, and no other. @throws Error when Redis is away or goes away meanwhile */
  clear(): Promise<number>
  /** Tells the other instances (and this one, where it subscribes). */
  publish(channel: string, text: string): Promise<void>
  /** @returns ends the subscription */
  subscribe(channel: string, listener: (text: string) => void): () => void
  /**
   * Counts one hit in a window that begins with its first hit, for all instances together.
   * @returns the hits of the window with this one, or 0 while Redis is away: count locally then
   */
  hit(key: string, windowMs: number): Promise<number>
  close(): void
}

const commandTimeoutMs = 50
const connectTimeoutMs = 2000
/** How long a start waits for the first connection. */
const firstConnectionMs = 500

/** More under way means that Redis is slower than we are: the rest is answered locally. */
const maxUnderWay = 2000
const maxBytesUnderWay = 64 * 1024 * 1024

/** A key without expiry (set by hand, or between INCR and PEXPIRE on an old replica) would count for ever. */
const hitScript = `local hits = redis.call('INCR', KEYS[1])
if hits == 1 or redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return hits`

/**
 * Connects to Redis and keeps connecting. Resolves when the first connection is there, and after half a second without.
 * @param url `redis://[user:password@]host[:port][/db]`, or `rediss://` for TLS
 * @throws AppError `REDIS_URL_INVALID`
 */
export async function openRedis(url: string, keyPrefix: string, events: RedisEvents): Promise<RedisStore> {
  const target = parseRedisUrl(url)
  const {Redis} = await import('ioredis')
  const connect = (): Redis =>
    new Redis({
      ...target.options,
      protocol: 2,
      disableClientInfo: true,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      commandTimeout: commandTimeoutMs,
      connectTimeout: connectTimeoutMs,
      retryStrategy: attempt => Math.min(1000, 50 * 2 ** Math.min(attempt, 10)) + Math.random() * 50,
    })
  const redis = connect()
  const circuit = new RedisCircuit(redis, {...events, onAway: message => events.onAway(target.clean(message))})
  const channels = new RedisChannels(connect, keyPrefix)
  let underWay = 0
  let bytesUnderWay = 0
  let refused = false

  /** Runs one command, or answers `otherwise` at once where Redis is away, and after 50 ms where it turns out to be. */
  const attempt = async <T>(bytes: number, otherwise: T, command: () => Promise<T>): Promise<T> => {
    if (!circuit.closed || underWay >= maxUnderWay || bytesUnderWay + bytes > maxBytesUnderWay) return otherwise
    underWay++
    bytesUnderWay += bytes
    try {
      const answer = await command()
      refused = false
      return answer
    } catch (error) {
      if (circuit.noteFailure(error) || refused) return otherwise
      refused = true
      events.onRefused(target.clean(messageOf(error)))
      return otherwise
    } finally {
      underWay--
      bytesUnderWay -= bytes
    }
  }

  await circuit.settled(firstConnectionMs)
  return {
    get available() {
      return circuit.closed
    },
    get: key => attempt<Buffer | null>(0, null, () => redis.getBuffer(keyPrefix + key)),
    getWithTtl: key =>
      attempt<{value: Buffer; ttlMs: number} | null>(0, null, async () => {
        // One write for both: ioredis sends what is asked in one turn together.
        const [value, ttlMs] = await Promise.all([redis.getBuffer(keyPrefix + key), redis.pttl(keyPrefix + key)])
        return value === null || ttlMs <= 0 ? null : {value, ttlMs}
      }),
    set: (key, value, ttlMs) =>
      attempt(value.length, false, async () => {
        await redis.set(keyPrefix + key, value, 'PX', Math.max(1, Math.round(ttlMs)))
        return true
      }),
    del: keys =>
      keys.length === 0
        ? Promise.resolve()
        : attempt(0, undefined, async () => void (await redis.unlink(keys.map(key => keyPrefix + key)))),
    clear: () => clearPrefix(redis, keyPrefix),
    publish: (channel, text) =>
      attempt(text.length, undefined, async () => void (await redis.publish(keyPrefix + channel, text))),
    subscribe: (channel, listener) => channels.subscribe(channel, listener),
    hit: (key, windowMs) =>
      attempt(0, 0, async () => {
        const hits = await redis.eval(hitScript, 1, keyPrefix + key, Math.max(1, Math.round(windowMs)))
        return Number(hits)
      }),
    close: () => {
      circuit.stop()
      channels.close()
      redis.disconnect()
    },
  }
}

async function clearPrefix(redis: Redis, keyPrefix: string): Promise<number> {
  const pattern = `${keyPrefix.replace(/[\\*?[\]]/g, '\\$&')}*`
  let removed = 0
  let cursor = '0'
  do {
    const [next, keys] = await redis.scan(cursor, 'MATCH', pattern, 'COUNT', 500)
    cursor = next
    if (keys.length > 0) removed += await redis.unlink(keys)
  } while (cursor !== '0')
  return removed
}
