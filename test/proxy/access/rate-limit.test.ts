import {describe, expect, test} from 'vitest'
import {hashApiKey, newApiKey} from '../../../src/auth/api-keys.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {callTool, type McpReply, postMcp, postModern} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'

const [ann, bob, wrong] = [newApiKey(), newApiKey(), newApiKey()]
const auth = {
  api_keys: [
    {id: 'ann', hash: hashApiKey(ann)},
    {id: 'bob', hash: hashApiKey(bob)},
  ],
}
const withKey = (key: string) => ({headers: {'x-api-key': key}})

async function inTurn(count: number, send: () => Promise<McpReply>): Promise<McpReply[]> {
  const replies: McpReply[] = []
  for (let i = 0; i < count; i++) replies.push(await send())
  return replies
}

const statuses = (replies: readonly McpReply[]) => replies.map(({status}) => status)

describe('rate limits', () => {
  test('hold for each principal by itself: 429, Retry-After and -32004, and a metric', async () => {
    const runtime = await startRuntime({
      servers: [stdioServer('one', 'echo.mjs')],
      auth,
      rate_limit: {per_principal: {requests_per_minute: 6, burst: 3}},
    })
    const replies = await inTurn(5, () => callTool(runtime.url, 'one__echo', {text: 'x'}, withKey(ann)))
    expect(statuses(replies)).toEqual([200, 200, 200, 429, 429])
    const refused = replies[3]
    expect(refused?.message?.error).toMatchObject({
      code: -32004,
      message: 'Rate limit exceeded',
      data: {cause: 'RateLimited', blame: 'client'},
    })
    expect(refused?.message?.id).toBe(1)
    const after = Number(refused?.headers.get('retry-after'))
    expect(after).toBeGreaterThan(0)
    expect(after).toBeLessThanOrEqual(10)
    expect((await postModern(runtime.url, 'tools/list', {}, withKey(bob))).status).toBe(200)
    expect((await fetch(`${runtime.url}/health`, withKey(ann))).status).toBe(200)
    const metrics = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    expect(metrics).toMatch(/^only1mcp_rate_limit_exceeded_total 2$/m)
  })

  test('hold for an address without any authentication, and for /api/tools/list too', async () => {
    const runtime = await startRuntime({rate_limit: {per_address: {requests_per_minute: 2}}})
    const first = await inTurn(2, () => postModern(runtime.url, 'tools/list'))
    expect(statuses(first)).toEqual([200, 200])
    expect((await fetch(`${runtime.url}/api/tools/list`)).status).toBe(429)
    for (let i = 0; i < 5; i++) expect((await fetch(`${runtime.url}/health`)).status).toBe(200)
  })

  test('turned off they hold nobody', async () => {
    const runtime = await startRuntime({rate_limit: {enabled: false, per_address: {requests_per_minute: 1}}})
    expect(statuses(await inTurn(5, () => postModern(runtime.url, 'tools/list')))).toEqual([200, 200, 200, 200, 200])
  })

  test('an address that guesses is answered with 429, and whoever has a key still comes in from it', async () => {
    const runtime = await startRuntime({auth})
    const ping = {jsonrpc: '2.0', id: 1, method: 'tools/list'}
    const replies = await inTurn(25, () => postMcp(runtime.url, ping, withKey(wrong)))
    expect(statuses(replies).slice(0, 20)).toEqual(Array(20).fill(401))
    expect(replies[24]?.status).toBe(429)
    expect(replies[24]?.message?.error?.data.cause).toBe('TooManyFailures')
    expect((await postMcp(runtime.url, ping, withKey(ann))).status).toBe(200)
  })
})
