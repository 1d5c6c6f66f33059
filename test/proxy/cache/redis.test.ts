import {Redis} from 'ioredis'
import {describe, expect, test, vi} from 'vitest'
import {hashApiKey, newApiKey} from '../../../src/auth/api-keys.ts'
import {atEnd} from '../../helpers/at-end.ts'
import {runCli} from '../../helpers/cli.ts'
import {startRedis} from '../../helpers/servers/start-redis.ts'
import {cacheOf, call, callsOf, read, startCounting} from './counting.ts'

const withRedis = (url: string, more = {}) => ({cache: {enabled: true, backend: 'redis', redis: {url}, ...more}})

function client(url: string): Redis {
  const redis = new Redis(url)
  atEnd(() => redis.disconnect())
  return redis
}

describe('two runtimes with one Redis', () => {
  test('share answers, and what makes them invalid', async () => {
    const {url} = await startRedis()
    const [one, two] = await Promise.all([
      startCounting(['legacy'], withRedis(url)),
      startCounting(['legacy'], withRedis(url)),
    ])
    expect(await read(one.url, 'count:a')).toBe('count:a #1')
    await vi.waitFor(async () => expect(await client(url).keys('only1mcp:cache:a2:*')).toHaveLength(1))
    expect(await read(two.url, 'count:a')).toBe('count:a #1')
    expect((await cacheOf(two)).redis).toMatchObject({up: true, hits: 1})
    await call(one.url, 'changed')
    await vi.waitFor(async () => {
      await read(two.url, 'count:a')
      expect(await callsOf(two.url)).toMatchObject({'count:a': 1})
    }, 5000)
  })

  test('leave the keys of others alone when the cache is cleared', async () => {
    const {url} = await startRedis()
    const redis = client(url)
    await redis.mset({'other:key': '1', 'only1mcp:limit:x': '2', only1mcp: '3'})
    const [one, two] = [
      await startCounting(['legacy'], withRedis(url)),
      await startCounting(['legacy'], withRedis(url)),
    ]
    expect([await read(one.url, 'count:a'), await read(two.url, 'count:a')]).toHaveLength(2)
    const cleared = await runCli(['cache', 'clear', '--yes'], {env: one.env})
    expect(cleared.stdout).toMatch(/^dropped 1 kept answer$/m)
    expect(cleared.code).toBe(0)
    expect(await redis.mget('other:key', 'only1mcp:limit:x', 'only1mcp')).toEqual(['1', '2', '3'])
    expect(await read(one.url, 'count:a')).not.toBe('count:a #1')
    await vi.waitFor(() => expect(one.logs()['audit.log']).toContain('cache clear'))
    await vi.waitFor(async () => expect((await cacheOf(two)).entries).toBe(0))
  })

  test('keep private answers apart', async () => {
    const {url} = await startRedis()
    const [key, other] = [newApiKey(), newApiKey()]
    const api_keys = [
      {id: 'one', hash: hashApiKey(key)},
      {id: 'two', hash: hashApiKey(other)},
    ]
    const config = {...withRedis(url), auth: {api_keys}}
    const one = await startCounting(['legacy'], config)
    const two = await startCounting(['legacy'], config)
    const as = (apiKey: string) => ({headers: {'x-api-key': apiKey}})
    expect(await read(one.url, 'count:a', as(key))).toBe('count:a #1')
    expect(await read(one.url, 'count:a', as(other))).toBe('count:a #2')
    await vi.waitFor(async () => expect(await client(url).keys('only1mcp:cache:a2:*')).toHaveLength(2))
    expect(await read(two.url, 'count:a', as(other))).toBe('count:a #2')
    expect((await client(url).keys('*')).join()).not.toContain('one')
  })

  test('do not believe what somebody else wrote there', async () => {
    const {url} = await startRedis()
    const redis = client(url)
    const [one, two] = [
      await startCounting(['legacy'], withRedis(url)),
      await startCounting(['legacy'], withRedis(url)),
    ]
    await read(one.url, 'count:a')
    const [key = ''] = await vi.waitFor(async () => {
      const keys = await redis.keys('only1mcp:cache:a2:*')
      expect(keys).toHaveLength(1)
      return keys
    })
    await redis.set(key, '{"contents":[]},"id":7', 'PX', 60_000)
    await redis.publish('only1mcp:cache:changed', 'nonsense 1')
    await redis.publish('only1mcp:cache:changed', `s:${'x'.repeat(100_000)} 1.00000000`)
    await redis.set('only1mcp:cache:g:x', 'garbage')
    expect(await read(two.url, 'count:a')).toMatch(/^count:a #/)
    expect(await callsOf(two.url)).toEqual({'count:a': 1})
  })
})

describe('Redis that goes away under load', () => {
  test.each(['SIGKILL', 'SIGSTOP'] as const)('by %s costs no request, and is used again when it is back', async how => {
    const server = await startRedis()
    const runtime = await startCounting(['legacy'], withRedis(server.url, {ttl_seconds: 0.05}))
    const answers: string[] = []
    let [running, slowest] = [true, 0]
    const load = Array.from({length: 4}, async (_, worker) => {
      for (let i = 0; running; i++) {
        const began = performance.now()
        answers.push(await read(runtime.url, `count:${worker}-${i % 10}`))
        slowest = Math.max(slowest, performance.now() - began)
      }
    })
    const enough = (count: number) => vi.waitFor(() => expect(answers.length).toBeGreaterThan(count), {timeout: 15_000})
    await enough(100)
    server.process().child.kill(how)
    await vi.waitFor(async () => expect((await cacheOf(runtime)).redis?.up).toBe(false), {timeout: 5_000})
    await enough(answers.length + 200)
    if (how === 'SIGKILL') await server.restart()
    else server.process().child.kill('SIGCONT')
    await vi.waitFor(async () => expect((await cacheOf(runtime)).redis?.up).toBe(true), {timeout: 10_000})
    running = false
    await Promise.all(load)
    expect(answers.filter(answer => !/^count:\d-\d #\d+$/.test(answer))).toEqual([])
    expect(slowest).toBeLessThan(1500)
    await vi.waitFor(() => {
      expect(runtime.logs()['error.log']).toContain('CacheAway')
      expect(runtime.logs()['only1mcp.log']).toContain('CacheBack')
    })
  })
})

test('a start without Redis serves', async () => {
  const runtime = await startCounting(['legacy'], withRedis('redis://127.0.0.1:1'))
  expect(await read(runtime.url, 'count:a')).toBe('count:a #1')
  expect(await read(runtime.url, 'count:a')).toBe('count:a #1')
  expect((await cacheOf(runtime)).redis?.up).toBe(false)
})
