import type {RedisStore} from '../../store/redis.ts'

/** What one instance tells the others about one subject. Fields travel as JSON; whoever receives them checks them. */
export interface BusMessage {
  readonly kind: string
  readonly [field: string]: unknown
}

/** More than this is told to nobody: it would be megabytes for each instance. */
const longest = 1024 * 1024

/** A stall of ours or of Redis, which looks like a loss for a moment, must not lose what was said in it. */
const keepMs = 5000
const mostKept = 256
const retryMs = 50

interface Kept {
  readonly channel: string
  readonly text: string
  readonly at: number
}

/**
 * Instances telling each other what happened, through Redis' publish and subscribe. Nothing is kept: who was not there,
 * or had lost Redis, has not heard it. What comes in was written by another process and is believed as far as it goes.
 */
export class InstanceBus {
  readonly #redis: Pick<RedisStore, 'publish' | 'subscribe' | 'available'>
  readonly #instance: string
  sent = 0
  received = 0
  #kept: Kept[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(redis: Pick<RedisStore, 'publish' | 'subscribe' | 'available'>, instance: string) {
    this.#redis = redis
    this.#instance = instance
  }

  /** Never waited for, never fails. */
  tell(channel: string, message: BusMessage): void {
    const text = JSON.stringify({from: this.#instance, ...message})
    if (text.length > longest) return
    if (this.#redis.available && this.#kept.length === 0) return this.#send(channel, text)
    if (this.#kept.length >= mostKept) this.#kept.shift()
    this.#kept.push({channel, text, at: performance.now()})
    this.#timer ??= setTimeout(() => this.#retry(), retryMs).unref()
  }

  #send(channel: string, text: string): void {
    this.sent++
    void this.#redis.publish(channel, text)
  }

  /** In the order in which it was said. */
  #retry(): void {
    this.#timer = undefined
    const before = performance.now() - keepMs
    this.#kept = this.#kept.filter(({at}) => at > before)
    if (this.#redis.available) for (const {channel, text} of this.#kept.splice(0)) this.#send(channel, text)
    if (this.#kept.length > 0) this.#timer = setTimeout(() => this.#retry(), retryMs).unref()
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
