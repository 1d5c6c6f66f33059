import type {RedisStore} from '../../store/redis.ts'

/** What one instance tells the others about one subject. Fields travel as JSON; whoever receives them checks them. */
export interface BusMessage {
  readonly kind: string
  readonly [field: string]: unknown
}

/** More than this is told to nobody: it would be megabytes for each instance. */
const longest = 1024 * 1024

/**
 * Instances telling each other what happened, through Redis' publish and subscribe. Nothing is kept: who was not there,
 * or had lost Redis, has not heard it. What comes in was written by another process and is believed as far as it goes.
 */
export class InstanceBus {
  readonly #redis: Pick<RedisStore, 'publish' | 'subscribe' | 'available'>
  readonly #instance: string
  sent = 0
  received = 0

  constructor(redis: Pick<RedisStore, 'publish' | 'subscribe' | 'available'>, instance: string) {
    this.#redis = redis
    this.#instance = instance
  }

  /** Never waited for, never fails. */
  tell(channel: string, message: BusMessage): void {
    if (!this.#redis.available) return
    const text = JSON.stringify({from: this.#instance, ...message})
    if (text.length > longest) return
    this.sent++
    void this.#redis.publish(channel, text)
  }

  /** What other instances tell, never what this one told. @returns ends it */
  hear(channel: string, listener: (message: BusMessage, from: string) => void): () => void {
    return this.#redis.subscribe(channel, text => {
      const message = parse(text)
      if (message === undefined || message.from === this.#instance || typeof message.from !== 'string') return
      this.received++
      listener(message, message.from)
    })
  }
}

function parse(text: string): BusMessage | undefined {
  if (text.length > longest) return undefined
  try {
    const value: unknown = JSON.parse(text)
    const object = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
    return typeof object.kind === 'string' ? (object as BusMessage) : undefined
  } catch {
    return undefined // another program's, on our channel
  }
}
