import {setTimeout as wait} from 'node:timers/promises'
import {Redis} from 'ioredis'
import {describe, expect, it, vi} from 'vitest'
import {openRedis, type RedisStore} from '../../src/store/redis.ts'
import {parseRedisUrl} from '../../src/store/redis-url.ts'
import {atEnd} from '../helpers/at-end.ts'
import {freePort} from '../helpers/free-port.ts'
import {startRedis} from '../helpers/servers/start-redis.ts'

async function open(url: string, prefix = 'o1:'): Promise<{redis: RedisStore; said: string[]}> {
  const said: string[] = []
  const redis = await openRedis(url, prefix, {
    onAway: message => said.push(`away: ${message}`),
    onBack: () => said.push('back'),
    onRefused: message => said.push(`refused: ${message}`),
  })
  atEnd(() => redis.close())
  return {redis, said}
}

function plainClient(url: string): Redis {
  const client = new Redis(url)
  atEnd(() => client.disconnect())
  return client
}

/** The longest of the waits for `count` calls, one after the other. */
async function slowest(count: number, call: () => Promise<unknown>): Promise<number> {
  let longest = 0
  for (let n = 0; n < count; n++) {
    const began = performance.now()
    await call()
    longest = Math.max(longest, performance.now() - began)
  }
  return longest
}

describe('Redis', () => {
  it('keeps bytes as they are, until their time is over', async () => {
    const {redis} = await open((await startRedis()).url)
    const bytes = Buffer.from([0, 255, 13, 10, 128, 1])
    expect(redis.available).toBe(true)
    expect(await redis.get('key')).toBe(null)
    expect(await redis.set('key', bytes, 60_000)).toBe(true)
    expect(await redis.get('key')).toEqual(bytes)
    await redis.set('short', bytes, 30)
    await vi.waitFor(async () => expect(await redis.get('short')).toBe(null))
    await redis.del(['key', 'none'])
    await redis.del([])
    expect(await redis.get('key')).toBe(null)
  })

  it('counts hits of all instances in one window, which ends', async () => {
    const server = await startRedis()
    const [one, other] = [await open(server.url), await open(server.url)]
    expect(await one.redis.hit('limit:me', 300)).toBe(1)
    expect(await other.redis.hit('limit:me', 300)).toBe(2)
    expect(await one.redis.hit('limit:you', 300)).toBe(1)
    await vi.waitFor(async () => expect(await one.redis.hit('limit:me', 300)).toBe(1), {interval: 350})
  })

  it('gives a counter that never ends an end', async () => {
    const server = await startRedis()
    await plainClient(server.url).set('o1:limit', '5')
    const {redis} = await open(server.url)
    expect(await redis.hit('limit', 200)).toBe(6)
    expect(await plainClient(server.url).pttl('o1:limit')).toBeGreaterThan(0)
  })

  it('clears its own keys and never those of another tenant, whatever the prefix looks like', async () => {
    const server = await startRedis()
    const tenant = plainClient(server.url)
    await tenant.mset('a', '1', 'app*:x', '2', 'appXYZ:x', '3', 'ap[p]:x', '4', 'app', '5')
    const {redis} = await open(server.url, 'app*:')
    for (let key = 0; key < 1200; key++) await redis.set(`k${key}`, 'v', 60_000)
    expect(await redis.clear()).toBe(1201) // app*:x is below our prefix
    expect((await tenant.keys('*')).sort()).toEqual(['a', 'ap[p]:x', 'app', 'appXYZ:x'])
  })

  it('tells other instances, also after it was gone for a while', async () => {
    const server = await startRedis()
    const [one, other] = [await open(server.url), await open(server.url)]
    const heard: string[] = []
    const end = other.redis.subscribe('lists', text => heard.push(text))
    await vi.waitFor(async () => {
      await one.redis.publish('lists', 'first')
      expect(heard).toContain('first')
    })
    server.process().child.kill('SIGKILL')
    await vi.waitFor(() => expect(one.redis.available).toBe(false))
    await server.restart()
    await vi.waitFor(
      async () => {
        await one.redis.publish('lists', 'second')
        expect(heard).toContain('second')
      },
      {timeout: 5000, interval: 50},
    )
    end()
    const count = heard.length
    await one.redis.publish('lists', 'third')
    await one.redis.get('anything')
    expect(heard).toHaveLength(count)
  })

  it('frozen costs one call 50 ms and those after it nothing, and is back when it goes on', async () => {
    const server = await startRedis()
    const {redis, said} = await open(server.url)
    await redis.set('key', 'value', 60_000)
    server.process().child.kill('SIGSTOP')
    const first = await slowest(1, () => redis.get('key'))
    expect(first).toBeGreaterThan(40)
    expect(first).toBeLessThan(100)
    for (const call of [
      () => redis.get('key'),
      () => redis.set('key', 'x', 1000),
      () => redis.hit('key', 1000),
      () => redis.publish('c', 'x'),
    ])
      expect(await slowest(100, call)).toBeLessThan(10)
    expect(await redis.hit('n', 1000)).toBe(0)
    await wait(4500) // long enough for a new connection, which the frozen one accepts and does not answer
    expect(await redis.get('key')).toBe(null)
    expect(said).toEqual([expect.stringContaining('away')])

    server.process().child.kill('SIGCONT')
    await vi.waitFor(() => expect(redis.available).toBe(true), {timeout: 5000})
    expect((await redis.get('key'))?.toString()).toBe('value')
    expect(said).toEqual([expect.stringContaining('away'), 'back'])
  })

  it('killed is a miss at once, and is back soon after it runs again', async () => {
    const server = await startRedis()
    const {redis, said} = await open(server.url)
    await redis.set('key', 'value', 60_000)
    server.process().child.kill('SIGKILL')
    await vi.waitFor(() => expect(redis.available).toBe(false))
    expect(await slowest(200, () => redis.get('key'))).toBeLessThan(10)
    await expect(redis.clear()).rejects.toThrow()
    await server.restart()
    await vi.waitFor(() => expect(redis.available).toBe(true), {timeout: 5000})
    expect(await redis.set('key', 'new', 60_000)).toBe(true)
    expect(said).toHaveLength(2)
  })

  it('that is not there at the start delays it by half a second at most, and is used once it comes', async () => {
    const began = performance.now()
    const {redis, said} = await open(`redis://127.0.0.1:${await freePort()}`)
    expect(performance.now() - began).toBeLessThan(700)
    expect(redis.available).toBe(false)
    expect(await redis.get('key')).toBe(null)
    expect(said).toEqual([expect.stringContaining('ECONNREFUSED')])
  })

  it('is not taken for away when only this process stood still', async () => {
    const {redis, said} = await open((await startRedis()).url)
    await redis.set('key', 'value', 60_000)
    const answer = redis.get('key')
    const until = performance.now() + 200
    while (performance.now() < until); // the loop stalls
    await answer
    await vi.waitFor(() => expect(redis.available).toBe(true))
    expect((await redis.get('key'))?.toString()).toBe('value')
    expect(said).toEqual([])
  })

  it('that refuses says so once, and never shows the password', async () => {
    const password = 'hush hush/1'
    const server = await startRedis({password, args: ['--maxmemory', '2mb']})
    const {redis, said} = await open(server.url)
    const big = Buffer.alloc(600_000)
    for (let n = 0; n < 10; n++) await redis.set(`k${n}`, big, 60_000)
    expect(said).toEqual([expect.stringMatching(/^refused: OOM/)])
    expect(redis.available).toBe(true)

    const wrong = await open(server.url.replace('hush', 'wrong'))
    expect(wrong.redis.available).toBe(false)
    expect(wrong.said).toHaveLength(1)
    expect(JSON.stringify([said, wrong.said])).not.toMatch(/hush|wrong%20/)
  })
})

describe('the URL of Redis', () => {
  it.each(['', 'redis://', 'http://h', '/tmp/redis.sock', 'redis://h/name', 'redis://h:99999'])(
    '%j is refused',
    url => {
      expect(() => parseRedisUrl(url)).toThrow('the URL of Redis is none')
    },
  )

  it('tells host, port, database, user and TLS', () => {
    expect(parseRedisUrl('rediss://me:p%40ss@[::1]:7000/3').options).toEqual({
      host: '::1',
      port: 7000,
      family: 0,
      db: 3,
      username: 'me',
      password: 'p@ss',
      tls: {},
    })
    expect(parseRedisUrl('redis://h').options).toEqual({host: 'h', port: 6379, family: 0, db: 0})
  })
})
