import type {Redis} from 'ioredis'

/**
 * What other instances publish. Redis wants a connection of its own for this; it is made with the first subscription, and
 * subscribes anew whenever it was made again.
 */
export class RedisChannels {
  readonly #connect: () => Redis
  readonly #prefix: string
  readonly #listeners = new Map<string, Set<(text: string) => void>>()
  #redis: Redis | undefined

  constructor(connect: () => Redis, prefix: string) {
    this.#connect = connect
    this.#prefix = prefix
  }

  /** @returns ends the subscription */
  subscribe(channel: string, listener: (text: string) => void): () => void {
    const name = this.#prefix + channel
    const listeners = this.#listeners.get(name) ?? new Set()
    listeners.add(listener)
    this.#listeners.set(name, listeners)
    this.#redis ??= this.#open()
    if (listeners.size === 1) this.#ask(this.#redis, [name])
    return () => {
      listeners.delete(listener)
      if (listeners.size > 0 || !this.#listeners.delete(name)) return
      this.#redis?.unsubscribe(name).catch(() => {}) // not connected: nothing to end
    }
  }

  close(): void {
    this.#redis?.disconnect()
  }

  #open(): Redis {
    const redis = this.#connect()
    redis.on('error', () => {}) // the other connection tells
    redis.on('ready', () => {
      if (this.#listeners.size > 0) this.#ask(redis, [...this.#listeners.keys()])
    })
    redis.on('message', (name: string, text: string) => {
      for (const listener of this.#listeners.get(name) ?? []) listener(text)
    })
    return redis
  }

  #ask(redis: Redis, names: readonly string[]): void {
    if (redis.status !== 'ready') return
    // Deaf is worse than gone: a connection that took no subscription is made again.
    redis.subscribe(...names).catch(() => redis.disconnect(true))
  }
}
