import {describe, expect, test, vi} from 'vitest'
import {hashApiKey, newApiKey} from '../../../src/auth/api-keys.ts'
import {ControlClient} from '../../../src/control/client.ts'
import {callTool, postMcp, postModern} from '../../helpers/post-mcp.ts'
import {openSession} from '../protocol/session-client.ts'
import {cacheOf, call, callsOf, read, startCounting, textOf} from './counting.ts'

describe('resources of a legacy server', () => {
  test('are read once, and the answer is the same bytes with the id of each client', async () => {
    const {url} = await startCounting(['legacy'])
    const first = await postModern(url, 'resources/read', {uri: 'count:a'})
    expect(first.text).toContain('12345678901234567890')
    const _meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': {name: 'another', version: '2'},
      'io.modelcontextprotocol/clientCapabilities': {},
      progressToken: 'p',
    }
    const headers = {'mcp-protocol-version': '2026-07-28', 'mcp-method': 'resources/read', 'mcp-name': 'count:a'}
    const body = `{"jsonrpc":"2.0","id":"own","method":"resources/read","params":{"uri":"count:a","_meta":${JSON.stringify(_meta)}}}`
    const second = await postMcp(url, body, {headers})
    expect(second.text).toBe(first.text.replace('"id":1', '"id":"own"'))
    expect(await callsOf(url)).toEqual({'count:a': 1})
  })

  test('are other answers for other URIs, and for clients of the other era', async () => {
    const {url} = await startCounting(['legacy'])
    expect(await read(url, 'count:a')).toBe('count:a #1')
    expect(await read(url, 'count:b')).toBe('count:b #2')
    const session = await openSession(url)
    const {answer} = await session.call('resources/read', {uri: 'count:a'})
    expect(answer.result.contents[0].text).toBe('count:a #3')
    expect(answer.result).not.toHaveProperty('resultType')
    expect((await session.call('resources/read', {uri: 'count:a'})).answer.result.contents[0].text).toBe('count:a #3')
  })

  test('are read anew after ttl_seconds', async () => {
    const runtime = await startCounting(['legacy'], {cache: {enabled: true, ttl_seconds: 0.2}})
    expect(await read(runtime.url, 'count:a')).toBe('count:a #1')
    await vi.waitFor(async () => expect(await read(runtime.url, 'count:a')).not.toBe('count:a #1'))
    await vi.waitFor(() => expect(runtime.logs()['access.log']).toContain('cache=stale'))
  })

  test('are read anew after the server announced changes, or that one of them did', async () => {
    const {url} = await startCounting(['legacy'])
    expect(await read(url, 'count:a')).toBe('count:a #1')
    await call(url, 'changed')
    expect(await read(url, 'count:a')).toBe('count:a #3')
    expect(await read(url, 'count:b')).toBe('count:b #4')
    await call(url, 'touch', {uri: 'count:a'})
    expect(await read(url, 'count:a')).toBe('count:a #6')
    expect(await read(url, 'count:b')).toBe('count:b #4')
  })

  test('are read anew after the server was started again', async () => {
    const {url, record} = await startCounting(['legacy'])
    const count = async () => (await new ControlClient(record.socket).snapshot()).servers[0]
    await read(url, 'count:b')
    expect(await read(url, 'count:a')).toBe('count:a #2')
    const pid = (await count())?.pid ?? 0
    process.kill(pid, 'SIGKILL')
    await vi.waitFor(async () => expect(await count()).toMatchObject({status: 'up', restarts: 1}), {timeout: 10_000})
    expect(await read(url, 'count:a')).toBe('count:a #1')
  })

  test('are not kept where the operator says so', async () => {
    const {url} = await startCounting(['legacy'], {cache: {enabled: true}}, {resources: {cache: ['count:b*']}})
    expect(await read(url, 'count:a')).toBe('count:a #1')
    expect(await read(url, 'count:a')).toBe('count:a #2')
    expect(await read(url, 'count:b')).toBe('count:b #3')
    expect(await read(url, 'count:b')).toBe('count:b #3')
  })

  test('errors are never kept', async () => {
    const {url} = await startCounting(['legacy'])
    expect(await read(url, 'count:gone')).toBe('error -32602 count:gone #1')
    expect(await read(url, 'count:gone')).toBe('error -32602 count:gone #2')
  })

  test('what can be asked has connections of its own, and no answer of others', async () => {
    const runtime = await startCounting(['legacy'])
    expect(await read(runtime.url, 'count:a')).toBe('count:a #1')
    const session = await openSession(runtime.url, {capabilities: {elicitation: {}}})
    for (const expected of ['count:a #1', 'count:a #2']) {
      const {answer} = await session.call('resources/read', {uri: 'count:a'})
      // Its own child counts from one.
      expect(answer.result.contents[0].text).toBe(expected)
    }
    expect((await cacheOf(runtime)).bypassed).toBe(2)
  })
})

describe('resources of a modern server', () => {
  test.each([
    ['ttlMs 0', ['0', 'public']],
    ['no ttlMs', ['-', 'public']],
    ['a negative ttlMs', ['-5', 'public']],
  ])('with %s are never kept', async (_, args) => {
    const {url} = await startCounting(['modern', ...args])
    expect(await read(url, 'count:a')).toBe('count:a #1')
    expect(await read(url, 'count:a')).toBe('count:a #2')
  })

  test('are kept for ttlMs, where that is less than ttl_seconds', async () => {
    const {url} = await startCounting(['modern', '200', 'public'])
    expect(await read(url, 'count:a')).toBe('count:a #1')
    await vi.waitFor(async () => expect(await read(url, 'count:a')).toBe('count:a #2'), {interval: 20})
  })

  test.each([
    ['public', true],
    ['private', false],
    ['-', false],
  ])('with cacheScope %s cross from one principal to another: %s', async (scope, crosses) => {
    const [one, two] = [newApiKey(), newApiKey()]
    const auth = {
      api_keys: [
        {id: 'one', hash: hashApiKey(one)},
        {id: 'two', hash: hashApiKey(two)},
      ],
    }
    const {url} = await startCounting(['modern', '60000', scope], {cache: {enabled: true}, auth})
    const [asOne, asTwo] = [{headers: {'x-api-key': one}}, {headers: {'x-api-key': two}}]
    expect(await read(url, 'count:a', asOne)).toBe('count:a #1')
    expect(await read(url, 'count:a', asTwo)).toBe(crosses ? 'count:a #1' : 'count:a #2')
    expect(await read(url, 'count:a', asOne)).toBe('count:a #1')
    // Asked at the same time, and not known before.
    const together = await Promise.all([read(url, 'count:slow', asOne), read(url, 'count:slow', asTwo)])
    if (!crosses) expect(new Set(together).size).toBe(2)
  })

  test('that want input first are neither kept nor shared', async () => {
    const {url} = await startCounting(['modern'], {cache: {enabled: true}}, {tools: {cache: ['*']}})
    const asked = await callTool(url, 'asks')
    expect(asked.message?.result.resultType).toBe('input_required')
    const {requestState} = asked.message?.result ?? {}
    const goesOn = {name: 'asks', arguments: {}, requestState, inputResponses: {}}
    expect(textOf(await postModern(url, 'tools/call', goesOn))).toBe('asks #2')
    expect((await callTool(url, 'asks')).message?.result.resultType).toBe('input_required')
    expect((await callsOf(url)).asks).toBe(3)
  })
})

describe('tools and prompts', () => {
  test('are never kept unless the operator names them', async () => {
    const {url} = await startCounting(['legacy'])
    expect(await call(url, 'look')).toBe('look #1')
    expect(await call(url, 'look')).toBe('look #2')
    const poem = (): Promise<string> => postModern(url, 'prompts/get', {name: 'poem'}).then(textOf)
    expect([await poem(), await poem()]).toEqual(['poem #3', 'poem #4'])
  })

  test('by a pattern are kept where the server calls them read-only, by name where it says nothing', async () => {
    const named = {tools: {cache: ['*', 'plain', 'write']}, prompts: {cache: ['poem']}}
    const {url} = await startCounting(['legacy'], {cache: {enabled: true}}, named)
    const twice = async (name: string): Promise<boolean> => {
      const first = await call(url, name)
      return (await call(url, name)) === first
    }
    expect(await twice('look')).toBe(true)
    expect(await twice('plain')).toBe(true)
    expect(await twice('write')).toBe(false)
    expect(await twice('fails')).toBe(false)
    expect(await call(url, 'look', {other: 1})).not.toBe(await call(url, 'look'))
    const poem = (): Promise<string> => postModern(url, 'prompts/get', {name: 'poem'}).then(textOf)
    expect(await poem()).toBe(await poem())
  })
})

describe('figures', () => {
  test('are in access.log, in the metrics and in the snapshot', async () => {
    const runtime = await startCounting(['legacy'])
    await read(runtime.url, 'count:a')
    await read(runtime.url, 'count:a')
    await postModern(runtime.url, 'tools/list')
    expect(await cacheOf(runtime)).toMatchObject({
      enabled: true,
      hits: 2,
      misses: 1,
      entries: 1,
      evictions: 0,
      methods: [
        {method: 'resources/read', hits: 1, misses: 1, bypassed: 0},
        {method: 'tools/list', hits: 1, misses: 0, bypassed: 0},
      ],
    })
    const metrics = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    expect(metrics).toMatch(/^only1mcp_cache_hits_total 2$/m)
    expect(metrics).toMatch(/^only1mcp_cache_misses_total 1$/m)
    expect(metrics).toMatch(/^only1mcp_cache_entries 1$/m)
    await vi.waitFor(() => {
      const lines = (runtime.logs()['access.log'] ?? '').split('\n').filter(line => line.includes('resources/read'))
      expect(lines.map(line => /cache=(\w+)/.exec(line)?.[1])).toEqual(['miss', 'hit'])
      expect(lines[1]).toContain('server_id=count')
    })
  })

  test('a full cache throws out down to the low mark', async () => {
    const runtime = await startCounting(['legacy'], {cache: {enabled: true, max_size_mb: 1}})
    for (let i = 0; i < 6; i++) await read(runtime.url, `count:big${i}`)
    const {entries, bytes, evictions} = await cacheOf(runtime)
    expect(bytes).toBeLessThanOrEqual(900_000)
    expect(entries + evictions).toBe(6)
    expect(await read(runtime.url, 'count:big5')).toMatch(/^count:big5 #6x/)
  })
})
