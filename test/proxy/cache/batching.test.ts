import {describe, expect, test, vi} from 'vitest'
import {postModern} from '../../helpers/post-mcp.ts'
import {cacheOf, call, callsOf, read, startCounting} from './counting.ts'

const batching = {proxy: {batching: {enabled: true, window_ms: 400, max_batch_size: 3}}}

describe('batching', () => {
  test('identical reads within the window are one call, and the next after it is another', async () => {
    const runtime = await startCounting(['legacy'], batching)
    const {url} = runtime
    const began = performance.now()
    expect(await read(url, 'count:a')).toBe('count:a #1')
    expect(performance.now() - began).toBeLessThan(350)
    expect(await read(url, 'count:a')).toBe('count:a #1')
    await vi.waitFor(async () => expect(await read(url, 'count:a')).toBe('count:a #2'), {interval: 150})
    const {enabled, batched} = await cacheOf(runtime)
    expect(enabled).toBe(false)
    expect(batched).toBeGreaterThanOrEqual(1)
  })

  test('max_batch_size of them share one call', async () => {
    const {url, metricsUrl} = await startCounting(['legacy'], batching)
    const answers = await Promise.all(Array.from({length: 7}, () => read(url, 'count:slow')))
    expect(new Set(answers).size).toBe(3)
    expect((await callsOf(url))['count:slow']).toBe(3)
    expect(await (await fetch(`${metricsUrl}/metrics`)).text()).toMatch(/^only1mcp_batched_requests_total 4$/m)
  })

  test('completions are shared, errors only between those who waited, tools not at all', async () => {
    const {url} = await startCounting(['legacy'], batching)
    const ref = {type: 'ref/resource', uri: 'count:{what}'}
    const params = {ref, argument: {name: 'what', value: 'a'}}
    const [one, two] = await Promise.all([1, 2].map(() => postModern(url, 'completion/complete', params)))
    expect(one?.message?.result).toEqual(two?.message?.result)
    expect(await read(url, 'count:gone')).not.toBe(await read(url, 'count:gone'))
    const looks = await Promise.all([call(url, 'look'), call(url, 'look')])
    expect(new Set(looks).size).toBe(2)
  })

  test('who leaves does not take the others along; when all have left the call ends', async () => {
    const {url} = await startCounting(['legacy'], {cache: {enabled: true}})
    const leaves = new AbortController()
    const first = read(url, 'count:slow', {signal: leaves.signal})
    const left = expect(first).rejects.toThrow()
    await vi.waitFor(async () => expect(await callsOf(url)).toHaveProperty(['count:slow']), {interval: 10})
    const second = read(url, 'count:slow')
    await new Promise(resolve => setTimeout(resolve, 50))
    leaves.abort()
    await left
    expect(await second).toMatch(/^count:slow #/)
    expect((await callsOf(url))['count:slow']).toBe(1)
  })
})
