import {expect, it, vi} from 'vitest'
import {InstanceBus} from '../../../src/proxy/shared/instance-bus.ts'

/** A Redis that can be away; what is published while it is would be lost, as in the real one. */
function redisDouble() {
  const listeners = new Set<(text: string) => void>()
  return {
    available: true,
    async publish(_: string, text: string) {
      if (this.available) for (const listener of listeners) listener(text)
    },
    subscribe: (_: string, listener: (text: string) => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

it('instances hear each other and not themselves, in order, over a short absence of Redis', async () => {
  const redis = redisDouble()
  const [one, two] = [new InstanceBus(redis, 'one'), new InstanceBus(redis, 'two')]
  const heard: unknown[] = []
  one.hear('c', ({n}) => heard.push(`one ${n}`))
  two.hear('c', ({n}, from) => heard.push(`two ${n} of ${from}`))
  one.tell('c', {kind: 'k', n: 1})
  redis.available = false
  one.tell('c', {kind: 'k', n: 2})
  one.tell('c', {kind: 'k', n: 3})
  redis.available = true
  one.tell('c', {kind: 'k', n: 4})
  await vi.waitFor(() => expect(heard).toHaveLength(4))
  expect(heard).toEqual([1, 2, 3, 4].map(n => `two ${n} of one`))
})

it('what is told during a long absence is forgotten, and never more than a little kept', async () => {
  vi.useFakeTimers({toFake: ['setTimeout', 'clearTimeout', 'performance']})
  try {
    const redis = redisDouble()
    const bus = new InstanceBus(redis, 'one')
    const heard: unknown[] = []
    new InstanceBus(redis, 'two').hear('c', ({n}) => heard.push(n))
    redis.available = false
    bus.tell('c', {kind: 'k', n: 'old'})
    await vi.advanceTimersByTimeAsync(6000)
    for (let n = 0; n < 1000; n++) bus.tell('c', {kind: 'k', n})
    redis.available = true
    await vi.advanceTimersByTimeAsync(100)
    expect(heard).toEqual(Array.from({length: 256}, (_, index) => 744 + index))
  } finally {
    vi.useRealTimers()
  }
})

it('what others write on a channel is looked at before it is believed', () => {
  const redis = redisDouble()
  const bus = new InstanceBus(redis, 'one')
  bus.hear('c', () => expect.unreachable())
  for (const text of ['', '{', 'null', '[]', '7', '{"kind":1,"from":"x"}', '{"kind":"k"}', '{"kind":"k","from":7}'])
    void redis.publish('c', text)
  void redis.publish('c', `{"kind":"k","from":"x","pad":"${'x'.repeat(1024 * 1024)}"}`)
  expect(bus.received).toBe(0)
})
