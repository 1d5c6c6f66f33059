import {describe, expect, test, vi} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {startRedis} from '../../helpers/servers/start-redis.ts'
import type {StartedRuntime} from '../../helpers/start-runtime.ts'
import {cacheOf, call, callsOf, read, startCounting} from '../cache/counting.ts'
import {reload, replaceConfig, snapshotOf, unwatched} from './reloading.ts'

const counting = {...stdioServer('count', 'counting.mjs', ['legacy']), prefix: ''}
const start = (config: object) => startCounting(['legacy'], {...unwatched, ...config})

/** Puts another configuration into force; nothing of it may wait for a restart. */
async function take(runtime: StartedRuntime, config: object, server: object = {}): Promise<void> {
  replaceConfig(runtime, {servers: [{...counting, ...server}], ...unwatched, ...config})
  expect(await reload(runtime)).toMatchObject({ok: true, changed: true, needsRestart: []})
}

describe('a reload turns the cache', () => {
  test('on, and off, and what was kept before is not there when it is on again', async () => {
    const runtime = await start({})
    const {url, metricsUrl} = runtime
    expect([await read(url, 'count:a'), await read(url, 'count:a')]).toEqual(['count:a #1', 'count:a #2'])
    await take(runtime, {cache: {enabled: true}})
    expect([await read(url, 'count:a'), await read(url, 'count:a')]).toEqual(['count:a #3', 'count:a #3'])
    await take(runtime, {cache: {enabled: false}})
    expect(await read(url, 'count:a')).toBe('count:a #4')
    expect(await cacheOf(runtime)).toMatchObject({enabled: false, entries: 0, bytes: 0, hits: 1, misses: 1})
    await take(runtime, {cache: {enabled: true, max_entries: 5}})
    expect([await read(url, 'count:a'), await read(url, 'count:a')]).toEqual(['count:a #5', 'count:a #5'])
    // A counter that fell would look like a restart.
    expect(await (await fetch(`${metricsUrl}/metrics`)).text()).toMatch(/^only1mcp_cache_hits_total 2$/m)
  })

  test('on, and a server that comes back after that has its answers asked for anew', async () => {
    const runtime = await start({})
    await take(runtime, {cache: {enabled: true}})
    expect(await read(runtime.url, 'count:a')).toBe('count:a #1')
    const {servers} = await snapshotOf(runtime)
    process.kill(servers[0]?.pid ?? 0, 'SIGKILL')
    await vi.waitFor(async () => {
      await read(runtime.url, 'count:a')
      expect(await callsOf(runtime.url)).toMatchObject({'count:a': 1})
    }, 10_000)
  })
})

describe('what is kept', () => {
  test('stays with other limits as far as they allow it', async () => {
    const runtime = await start({cache: {enabled: true}})
    const {url} = runtime
    for (const name of ['a', 'b', 'c', 'd']) await read(url, `count:${name}`)
    await take(runtime, {cache: {enabled: true, max_size_mb: 50, ttl_seconds: 600}})
    expect(await read(url, 'count:a')).toBe('count:a #1')
    // Room for two: those that were used last.
    await take(runtime, {cache: {enabled: true, max_entries: 2, eviction: {high_water_mark: 1, low_water_mark: 1}}})
    expect(await cacheOf(runtime)).toMatchObject({entries: 2, maxEntries: 2})
    expect(await read(url, 'count:a')).toBe('count:a #1')
    expect(await read(url, 'count:b')).not.toBe('count:b #2')
  })

  test('is over at once where a shorter time says so', async () => {
    const runtime = await start({cache: {enabled: true}})
    const {url} = runtime
    expect(await read(url, 'count:a')).toBe('count:a #1')
    await new Promise(resolve => setTimeout(resolve, 60))
    await take(runtime, {cache: {enabled: true, ttl_seconds: 0.05}})
    expect(await cacheOf(runtime)).toMatchObject({entries: 0, ttlMs: 50})
    await take(runtime, {cache: {enabled: true, ttl_seconds: 60}})
    expect(await read(url, 'count:a')).toBe('count:a #2')
    expect(await read(url, 'count:a')).toBe('count:a #2')
  })

  test('survives another weight of its server, and is not served once its server may not be kept', async () => {
    const runtime = await start({cache: {enabled: true}})
    const {url} = runtime
    const cache = {enabled: true}
    expect(await read(url, 'count:a')).toBe('count:a #1')
    await take(runtime, {cache}, {weight: 3, timeout: '7s'})
    expect(await read(url, 'count:a')).toBe('count:a #1')
    await take(runtime, {cache}, {resources: {cache: []}})
    expect(await read(url, 'count:a')).toBe('count:a #2')
    await take(runtime, {cache}, {tools: {cache: ['look']}})
    expect(await call(url, 'look')).toBe(await call(url, 'look'))
  })
})

test('a reload turns batching on, with another window, and off', async () => {
  const runtime = await start({})
  const {url} = runtime
  const batching = (settings: object) => ({proxy: {...unwatched.proxy, batching: settings}})
  await take(runtime, batching({enabled: true, window_ms: 60_000}))
  expect([await read(url, 'count:a'), await read(url, 'count:a')]).toEqual(['count:a #1', 'count:a #1'])
  await take(runtime, batching({enabled: true, window_ms: 60_000, max_batch_size: 1}))
  expect([await read(url, 'count:b'), await read(url, 'count:b')]).toEqual(['count:b #2', 'count:b #3'])
  await take(runtime, batching({enabled: false}))
  const answers = await Promise.all([read(url, 'count:c'), read(url, 'count:c')])
  expect(new Set(answers).size).toBe(2)
})

describe('a reload moves the cache', () => {
  // The same Redis holds the limits and sessions of all instances, which a reload does not move.
  const alone = async () => ({shared: {redis: {url: (await startRedis()).url}}, server: {session_key: 'k'.repeat(40)}})
  const inRedis = (url: string, more = {}) => ({cache: {enabled: true, backend: 'redis', redis: {url}, ...more}})

  test('to a Redis, where the answers of another instance are found and its changes heard', async () => {
    const base = await alone()
    const {url: place} = await startRedis()
    const one = await start({...base, cache: {enabled: true}})
    const two = await start({...base, ...inRedis(place)})
    expect([await read(one.url, 'count:a'), await read(one.url, 'count:a')]).toEqual(['count:a #1', 'count:a #1'])
    expect([await read(two.url, 'count:b'), await read(two.url, 'count:a')]).toEqual(['count:b #1', 'count:a #2'])
    // What the first one counted while it was alone must not hide what is said later.
    for (let i = 0; i < 3; i++) await call(one.url, 'changed')
    await take(one, {...base, ...inRedis(place)})
    await vi.waitFor(async () => {
      const answer = await read(two.url, 'count:c')
      expect(await read(one.url, 'count:c')).toBe(answer)
    }, 5_000)
    await call(two.url, 'changed')
    const before = (await callsOf(one.url))['count:c'] ?? 0
    await vi.waitFor(async () => {
      await read(one.url, 'count:c')
      expect((await callsOf(one.url))['count:c']).toBeGreaterThan(before)
    })
  })

  test('to another Redis with nothing of the first, and back to memory with what is there', async () => {
    const base = await alone()
    const [first, second] = [await startRedis(), await startRedis()]
    const runtime = await start({...base, ...inRedis(first.url)})
    const {url} = runtime
    expect(await read(url, 'count:a')).toBe('count:a #1')
    await take(runtime, {...base, ...inRedis(second.url)})
    expect([await read(url, 'count:a'), await read(url, 'count:a')]).toEqual(['count:a #2', 'count:a #2'])
    first.process().child.kill('SIGKILL')
    await take(runtime, {...base, cache: {enabled: true}})
    expect(await cacheOf(runtime)).toMatchObject({backend: 'memory', redis: null, entries: 1})
    expect(await read(url, 'count:a')).toBe('count:a #2')
    expect(runtime.logs()['error.log'] ?? '').not.toContain('CacheAway')
  })

  test('and what Redis holds is no older than a shorter time allows', async () => {
    const base = await alone()
    const {url: place} = await startRedis()
    const one = await start({...base, ...inRedis(place)})
    expect(await read(one.url, 'count:a')).toBe('count:a #1')
    const two = await start({...base, ...inRedis(place)})
    await vi.waitFor(async () => expect(await read(two.url, 'count:a')).toBe('count:a #1'))
    expect((await cacheOf(two)).redis?.hits).toBe(1)
    await new Promise(resolve => setTimeout(resolve, 60))
    await take(two, {...base, ...inRedis(place, {ttl_seconds: 0.05})})
    await read(two.url, 'count:a')
    expect((await cacheOf(two)).redis?.hits).toBe(1)
    expect(await callsOf(two.url)).toMatchObject({'count:a': 1})
  })
})
