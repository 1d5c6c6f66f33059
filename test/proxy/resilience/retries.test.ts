import {describe, expect, it, vi} from 'vitest'
import {callTool, postModern} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {startMoody} from '../moody.ts'

const quick = {initial_delay: '10ms'}

describe('a call that fails', () => {
  it('is sent again where it reads, and the access log counts it', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({servers: [{id: 'm', endpoint: moody.endpoint, retry: quick}]})
    await moody.mood('mode=500&method=resources/read&times=2')
    const read = await postModern(runtime.url, 'resources/read', {uri: 'm+x://y'})
    expect(read.message?.result.contents[0].text).toBe('x://y')
    expect(await moody.count('resources/read')).toBe(3)
    await vi.waitFor(() => expect(runtime.logs()['access.log']).toMatch(/resources\/read:.* attempts=3/))
    await moody.mood('mode=500&method=resources/read')
    expect((await postModern(runtime.url, 'resources/read', {uri: 'm+x://y'})).message?.error?.code).toBe(-32000)
    expect(await moody.count('resources/read')).toBe(6)
  })

  it('is never sent twice where it may have been carried out: the answer says that nobody knows', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({servers: [{id: 'm', endpoint: moody.endpoint, retry: quick}]})
    for (const mode of ['reset-after', '500']) {
      await moody.mood(`mode=${mode}`)
      const before = await moody.count('tools/call')
      const {message} = await callTool(runtime.url, 'm__echo', {text: 'x'})
      expect(message?.error).toMatchObject({code: -32005, data: {delivered: 'unknown'}})
      expect(message?.error?.message).toMatch(/not known whether the call was carried out/)
      expect(await moody.count('tools/call')).toBe(before + 1)
    }
    await vi.waitFor(() => expect(runtime.logs()['access.log']).toMatch(/code=-32005 outcome=ambiguous/))
  })

  it('keeps the code of a timeout, and is ambiguous all the same', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({servers: [{id: 'm', endpoint: moody.endpoint, timeout: '200ms'}]})
    await moody.mood('mode=hang')
    const {message} = await callTool(runtime.url, 'm__echo', {text: 'x'})
    expect(message?.error).toMatchObject({code: -32001, data: {delivered: 'unknown', cause: 'BackendTimeout'}})
    await vi.waitFor(() => expect(runtime.logs()['access.log']).toMatch(/code=-32001 outcome=ambiguous/))
    expect(await moody.count('tools/call')).toBe(1)
  })

  it('is sent again to a tool that the operator marked', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint, retry: {...quick, idempotent_tools: ['ec*']}}],
    })
    await moody.mood('mode=reset-after&times=2')
    expect((await callTool(runtime.url, 'm__echo', {text: 'again'})).message?.result.content[0].text).toBe('again')
    await moody.mood('mode=reset-after&times=1')
    expect((await callTool(runtime.url, 'm__add', {a: 1, b: 2})).message?.error?.code).toBe(-32005)
    expect(await moody.count('tools/call')).toBe(4)
  })

  it('is not repeated beyond the budget', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [
        {id: 'm', endpoint: moody.endpoint, retry: {...quick, max_attempts: 100, backoff: 'fixed', initial_delay: 0}},
      ],
      health: {circuit_breaker: {enabled: false}},
    })
    await moody.mood('mode=500&method=resources/read')
    await Promise.all(Array.from({length: 20}, () => postModern(runtime.url, 'resources/read', {uri: 'm+x://y'})))
    const sent = await moody.count('resources/read')
    expect(sent).toBeGreaterThan(60)
    expect(sent).toBeLessThan(220) // 20, a hundred saved, a fifth of the calls, ten a second
  })

  it('ends with its deadline, pauses included', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [
        {
          id: 'm',
          endpoint: moody.endpoint,
          timeout: '400ms',
          retry: {max_attempts: 50, backoff: 'fixed', initial_delay: '150ms'},
        },
      ],
    })
    await moody.mood('mode=500&method=resources/read')
    const startedAt = performance.now()
    await postModern(runtime.url, 'resources/read', {uri: 'm+x://y'})
    expect(performance.now() - startedAt).toBeLessThan(650)
    expect(await moody.count('resources/read')).toBeLessThanOrEqual(4)
  })
})

describe('a server with more calls than it may get', () => {
  it('gets so many at a time, others wait, and the rest are refused at once with a time to come back', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint}],
      proxy: {connection_pool: {max_per_backend: 2, max_queue: 3}},
    })
    const startedAt = performance.now()
    const calls = Array.from({length: 8}, async () => {
      const reply = await callTool(runtime.url, 'm__slow', {ms: 300})
      return {reply, ms: performance.now() - startedAt}
    })
    const ended = await Promise.all(calls)
    const refused = ended.filter(({reply}) => reply.message?.error !== undefined)
    expect(refused).toHaveLength(3)
    for (const {reply, ms} of refused) {
      expect(ms).toBeLessThan(250)
      expect(reply.status).toBe(429)
      expect(reply.headers.get('retry-after')).toBe('1')
      expect(reply.message?.error).toMatchObject({
        code: -32004,
        data: {cause: 'Overloaded', blame: 'proxy', delivered: 'no', retryAfterMs: 1000},
      })
    }
    expect(await moody.count('mostUnderWay')).toBeLessThanOrEqual(2)
  })

  it('is not waited for longer than the call has', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint, timeout: '400ms'}],
      proxy: {connection_pool: {max_per_backend: 1, max_queue: 10}},
    })
    await moody.mood('mode=hang')
    const replies = await Promise.all([1, 2, 3].map(() => callTool(runtime.url, 'm__echo', {text: 'x'})))
    expect(replies.map(({message}) => message?.error?.code).sort()).toEqual([-32001, -32004, -32004])
  })

  it('is not blamed for a call that spent its time in the queue', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint, timeout: '1s'}],
      proxy: {connection_pool: {max_per_backend: 1, max_queue: 10}},
      health: {circuit_breaker: {failure_threshold: 1}},
    })
    const [first, second] = await Promise.all([1, 2].map(() => callTool(runtime.url, 'm__slow', {ms: 700})))
    expect(first?.message?.error).toBeUndefined()
    expect(second?.message?.error).toMatchObject({
      code: -32001,
      message: expect.stringMatching(
        /^no answer to tools\/call within 1000 ms, of which it waited \d{3} ms for its turn$/,
      ),
      data: {blame: 'proxy', delivered: 'unknown', evidence: expect.stringMatching(/were left when it was sent/)},
    })
    expect((await callTool(runtime.url, 'm__echo', {text: 'x'})).message?.error).toBeUndefined()
  })
})
