import {setTimeout as sleep} from 'node:timers/promises'
import {expect, it, vi} from 'vitest'
import {startHttpBackend, stdioServer} from '../../helpers/backends.ts'
import {callTool, postModern} from '../../helpers/post-mcp.ts'
import {modernCall} from '../protocol/modern-client.ts'
import {openSession} from '../protocol/session-client.ts'
import {snapshotOf, startInstances} from './start-instances.ts'

it('a rate limit holds over both runtimes, and for each alone while Redis is away', {timeout: 60_000}, async () => {
  const {runtimes, redis, url} = await startInstances({
    servers: [stdioServer('echo', 'echo.mjs')],
    rate_limit: {per_address: {requests_per_minute: 60}},
  })
  const statuses: number[] = []
  for (let n = 0; n < 100; n++) statuses.push((await postModern(url, 'server/discover')).status)
  const let_in = statuses.filter(status => status === 200).length
  // Each alone would let in 60. A count is asked for beside a request: what is on its way is let in.
  expect(let_in).toBeGreaterThanOrEqual(60)
  expect(let_in).toBeLessThanOrEqual(66)
  for (const runtime of runtimes) expect(await snapshotOf(runtime)).toMatchObject({shared: {up: true, lastError: null}})

  redis.process().child.kill('SIGKILL')
  await vi.waitFor(async () => {
    for (const runtime of runtimes) expect((await snapshotOf(runtime)).shared?.up).toBe(false)
  })
  const [one] = runtimes
  await vi.waitFor(async () => expect((await postModern(one.url, 'server/discover')).status).toBe(200), {
    timeout: 10_000,
  })
  const metrics = await (await fetch(`${one.metricsUrl}/metrics`)).text()
  expect(metrics).toMatch(/^only1mcp_shared_state_up 0$/m)
  await redis.restart()
  await vi.waitFor(async () => expect((await snapshotOf(one)).shared?.up).toBe(true), {timeout: 10_000})
  await vi.waitFor(() => {
    const log = `${one.logs()['error.log'] ?? ''}${one.logs()['only1mcp.log'] ?? ''}`
    expect(log.match(/ SharedStateAway /g)).toHaveLength(1)
    expect(log.match(/ SharedStateBack /g)).toHaveLength(1)
  })
})

it('a list that changed is new at the other runtime too, and its clients hear of it', {timeout: 60_000}, async () => {
  const backend = await startHttpBackend('http-changing.mjs')
  const {runtimes} = await startInstances({servers: [{id: 'be', endpoint: backend.endpoint, prefix: ''}]})
  const [one, two] = runtimes
  const client = await openSession(two.url)
  const heard = await client.listen()
  await callTool(one.url, 'grow', {name: 'newborn'})
  await vi.waitFor(() => expect(heard.map(({method}) => method)).toContain('notifications/tools/list_changed'))
  const {message} = await postModern(two.url, 'tools/list')
  expect(message?.result.tools.map(({name}: {name: string}) => name)).toEqual(['grow', 'newborn'])
  // Nobody echoes what others told.
  const before = await Promise.all(runtimes.map(async runtime => (await snapshotOf(runtime)).shared?.sent))
  await sleep(1000)
  expect(await Promise.all(runtimes.map(async runtime => (await snapshotOf(runtime)).shared?.sent))).toEqual(before)
})

it('a breaker that opened at one runtime counts as one failure at the other', {timeout: 60_000}, async () => {
  const backend = await startHttpBackend('http-moody.mjs')
  const {runtimes} = await startInstances({
    servers: [{id: 'be', endpoint: backend.endpoint, prefix: ''}],
    health: {circuit_breaker: {failure_threshold: 3}},
  })
  const [one, two] = runtimes
  await fetch(`http://127.0.0.1:${backend.port}/mood?mode=500`)
  for (let n = 0; n < 3; n++) await callTool(one.url, 'echo', {text: 'x'})
  const breaker = async (runtime: (typeof runtimes)[number]) => (await snapshotOf(runtime)).servers[0]?.breaker
  expect(await breaker(one)).toMatchObject({state: 'open'})
  await vi.waitFor(async () => expect(await breaker(two)).toMatchObject({state: 'closed', failures: 1}))
  for (let n = 0; n < 2; n++) await callTool(two.url, 'echo', {text: 'x'})
  expect(await breaker(two)).toMatchObject({state: 'open'})
})

it('keys of others in the same Redis stay as they are', {timeout: 60_000}, async () => {
  const {runtimes, redis} = await startInstances({rate_limit: {per_address: {requests_per_minute: 60}}})
  const {Redis} = await import('ioredis')
  const client = new Redis(redis.url)
  try {
    await client.mset('limit:address:127.0.0.1', 'theirs', 'other:only1mcp:', 'theirs')
    await client.publish('sessions', '{"kind":"ended","tag":"x","from":"y"}')
    for (const text of ['', '{', '[]', '{"kind":1}', '{"kind":"ended"}', '{"from":"x","kind":"said","tag":7}'])
      await client.publish('only1mcp:sessions', text)
    for (const {url} of runtimes) expect((await postModern(url, 'server/discover')).status).toBe(200)
    await vi.waitFor(async () =>
      expect((await client.keys('*')).sort()).toEqual([
        'limit:address:127.0.0.1',
        'only1mcp:limit:address:127.0.0.1',
        'other:only1mcp:',
      ]),
    )
    expect(await client.mget('limit:address:127.0.0.1', 'other:only1mcp:')).toEqual(['theirs', 'theirs'])
  } finally {
    client.disconnect()
  }
})

it('a call that waits for its client at one runtime tells the other to have it begun anew', {
  timeout: 60_000,
}, async () => {
  const {runtimes} = await startInstances({servers: [stdioServer('asks', 'asks.mjs')]})
  const [one, two] = runtimes
  const requests = [{method: 'elicitation/create', params: {message: 'm'}}]
  const call = (url: string, more: object = {}) =>
    modernCall(url, 'tools/call', {name: 'asks__ask', arguments: {requests}, ...more}, {elicitation: {}})
  const {requestState, inputRequests} = (await call(one.url)).answer.result
  const more = {requestState, inputResponses: {[Object.keys(inputRequests)[0] ?? '']: {action: 'accept'}}}
  expect((await call(two.url, more)).answer.error).toMatchObject({
    code: -32602,
    message: expect.stringContaining('Send the request again without requestState'),
    data: {cause: 'WaitsElsewhere', details: {instance: one.record.instance, startAgain: true}},
  })
  expect(JSON.parse((await call(one.url, more)).answer.result.content[0].text)).toEqual([{action: 'accept'}])
})
