import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {hashApiKey, newApiKey} from '../../../src/auth/api-keys.ts'
import {ControlClient} from '../../../src/control/client.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {callTool, type McpReply, postMcp, postModern} from '../../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'

const admin = newApiKey()
const reader = newApiKey()
const outsider = newApiKey()
const wrong = newApiKey()

let runtime: StartedRuntime

beforeAll(async () => {
  runtime = await startRuntime({
    servers: [stdioServer('one', 'echo.mjs'), stdioServer('two', 'echo.mjs'), stdioServer('lib', 'library.mjs')],
    auth: {
      api_keys: [
        {id: 'admin', hash: hashApiKey(admin), roles: ['all']},
        {id: 'reader', hash: hashApiKey(reader), roles: ['reader']},
        {id: 'outsider', hash: hashApiKey(outsider)},
      ],
      roles: {all: {servers: ['*']}, reader: {servers: ['one'], tools: ['echo', 'a*']}},
    },
  })
}, 30_000)

afterAll(async () => {
  await runtime.stop()
})

const withKey = (key: string) => ({headers: {'x-api-key': key}})
const withBearer = (key: string) => ({headers: {authorization: `Bearer ${key}`}})

async function names(reply: Promise<McpReply>): Promise<string[]> {
  const {message} = await reply
  return message?.result.tools.map((tool: {name: string}) => tool.name)
}

describe('a proxy with API keys', () => {
  test('takes a key from X-API-Key and from Authorization: Bearer', async () => {
    for (const options of [withKey(admin), withBearer(admin)]) {
      const answer = await callTool(runtime.url, 'one__add', {a: 1, b: 2}, options)
      expect(answer.message?.result.content[0].text).toBe('3')
    }
  })

  test.each([
    ['X-API-Key', withKey(wrong)],
    ['Authorization: Bearer', withBearer(wrong)],
  ])('a wrong key in %s is "Invalid API key", -32003, 401, with the id of the request', async (_, options) => {
    const request = {jsonrpc: '2.0', id: 'mine-7', method: 'tools/list'}
    const {status, message, headers} = await postMcp(runtime.url, request, options)
    expect(status).toBe(401)
    expect(message?.error?.code).toBe(-32003)
    expect(message?.error?.message).toBe('Invalid API key')
    expect(message?.error?.data).toMatchObject({cause: 'InvalidApiKey', blame: 'client'})
    expect(message?.id).toBe('mine-7')
    expect(headers.get('www-authenticate')).toBe(
      'Bearer realm="only1mcp", error="invalid_token", error_description="Invalid API key"',
    )
  })

  test('without credentials the answer says what to send, and no error', async () => {
    const {status, message, headers} = await postMcp(runtime.url, {jsonrpc: '2.0', id: 1, method: 'tools/list'})
    expect(status).toBe(401)
    expect(message?.error?.code).toBe(-32003)
    expect(message?.error?.message).toMatch(/^Authentication required: send an API key in X-API-Key/)
    expect(headers.get('www-authenticate')).toBe('Bearer realm="only1mcp"')
  })

  test.each(['GET', 'DELETE', 'PUT'])('%s /mcp wants credentials too', async method => {
    const response = await fetch(`${runtime.url}/mcp`, {method})
    expect(response.status).toBe(401)
    expect(((await response.json()) as {error: {code: number}}).error.code).toBe(-32003)
  })

  test('a body that is broken, huge or a batch gets the same answer with id null', async () => {
    for (const body of ['{', '[{"jsonrpc":"2.0","id":1,"method":"ping"}]', `{"id":1,"x":"${'a'.repeat(100_000)}"}`]) {
      const {status, message} = await postMcp(runtime.url, body, withKey(wrong))
      expect([status, message?.error?.code, message?.id]).toEqual([401, -32003, null])
    }
  })

  test('two keys in one request are neither', async () => {
    const {status, message} = await postMcp(
      runtime.url,
      {jsonrpc: '2.0', id: 1, method: 'tools/list'},
      {headers: {'x-api-key': admin, authorization: `Bearer ${reader}`}},
    )
    expect([status, message?.error?.data?.cause]).toEqual([401, 'CredentialsUnreadable'])
  })

  test('/health is open without a key and says 401 to one that is not good', async () => {
    const health = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(`${runtime.url}/health`, {headers})).status
    expect(await health({})).toBe(200)
    expect(await health({'x-api-key': reader})).toBe(200)
    expect(await health({'x-api-key': wrong})).toBe(401)
    expect(await health({authorization: `Bearer ${wrong}`})).toBe(401)
    expect((await fetch(`${runtime.url}/health/live`, {headers: {'x-api-key': wrong}})).status).toBe(200)
    expect((await fetch(`${runtime.metricsUrl}/metrics`)).status).toBe(200)
  })

  test('a session of somebody else is not found, whoever knows its id', async () => {
    const initialize = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 't', version: '1'}},
    }
    const session = (await postMcp(runtime.url, initialize, withKey(admin))).headers.get('mcp-session-id') ?? ''
    const ping = (key: string) =>
      postMcp(
        runtime.url,
        {jsonrpc: '2.0', id: 2, method: 'ping'},
        {headers: {'x-api-key': key, 'mcp-session-id': session}},
      )
    expect((await ping(admin)).status).toBe(200)
    const foreign = await ping(reader)
    expect([foreign.status, foreign.message?.error?.message]).toEqual([404, 'Session not found'])
    const stream = await fetch(`${runtime.url}/mcp`, {headers: {'x-api-key': reader, 'mcp-session-id': session}})
    expect(stream.status).toBe(404)
    const end = await fetch(`${runtime.url}/mcp`, {
      method: 'DELETE',
      headers: {'x-api-key': reader, 'mcp-session-id': session},
    })
    expect(end.status).toBe(404)
    expect((await ping(admin)).status).toBe(200)
  })
})

describe('a role', () => {
  test('shows its holder the tools that it opens, in both eras and on /api/tools/list', async () => {
    const mine = ['one__echo', 'one__add']
    for (let round = 0; round < 3; round++) {
      expect(await names(postModern(runtime.url, 'tools/list', {}, withKey(reader)))).toEqual(mine)
      expect((await names(postModern(runtime.url, 'tools/list', {}, withKey(admin)))).length).toBeGreaterThan(15)
      expect(await names(postMcp(runtime.url, {jsonrpc: '2.0', id: 1, method: 'tools/list'}, withKey(reader)))).toEqual(
        mine,
      )
    }
    const page = await fetch(`${runtime.url}/api/tools/list`, withKey(reader))
    const {tools} = (await page.json()) as {tools: {name: string}[]}
    expect(tools.map(({name}) => name)).toEqual(mine)
    expect((await fetch(`${runtime.url}/api/tools/list`)).status).toBe(401)
  })

  test('lets no shared cache keep its list', async () => {
    const {message} = await postModern(runtime.url, 'tools/list', {}, withKey(reader))
    expect(message?.result.cacheScope).toBe('private')
  })

  test('a tool outside of it is as unknown as one that does not exist', async () => {
    const [forbidden, missing] = await Promise.all(
      ['two__echo', 'no__such'].map(name => callTool(runtime.url, name, {text: 'x'}, withKey(reader))),
    )
    expect(forbidden?.message?.error?.code).toBe(-32602)
    expect(forbidden?.message?.error?.message).toBe('Unknown tool: two__echo')
    expect(missing?.message?.error?.message).toBe('Unknown tool: no__such')
    expect(forbidden?.status).toBe(missing?.status)
    const allowed = await callTool(runtime.url, 'one__echo', {text: 'x'}, withKey(reader))
    expect(allowed.message?.result.content[0].text).toBe('x')
  })

  test('closes resources and prompts of other servers, by URI and name too', async () => {
    const all = await postModern(runtime.url, 'resources/list', {}, withKey(admin))
    const uri = all.message?.result.resources[0].uri
    expect(uri).toMatch(/^lib\+/)
    expect((await postModern(runtime.url, 'resources/read', {uri}, withKey(admin))).message?.result).toBeDefined()
    const list = await postModern(runtime.url, 'resources/list', {}, withKey(reader))
    expect(list.message?.result.resources).toEqual([])
    const read = await postModern(runtime.url, 'resources/read', {uri}, withKey(reader))
    expect(read.message?.error?.message).toMatch(/^Resource not found/)
    const prompts = await postModern(runtime.url, 'prompts/list', {}, withKey(reader))
    expect(prompts.message?.result.prompts).toEqual([])
  })

  test('somebody without one gets 403, and the log says why', async () => {
    const {status, message} = await postModern(runtime.url, 'tools/list', {}, withKey(outsider))
    expect([status, message?.error?.code, message?.error?.data.cause]).toEqual([403, -32003, 'NoRole'])
    expect((await fetch(`${runtime.url}/health`, withKey(outsider))).status).toBe(200)
  })
})

describe('what is kept of credentials', () => {
  test('logs name who called and why somebody was refused, and hold no key', async () => {
    await callTool(runtime.url, 'one__echo', {text: 'x'}, withKey(reader))
    await postMcp(runtime.url, {jsonrpc: '2.0', id: 1, method: 'ping'}, withKey(wrong))
    await expect.poll(() => runtime.logs()['access.log']).toMatch(/ tools\/call:one__echo 200 .* user=key:reader /)
    await expect
      .poll(() => runtime.logs()['error.log'])
      .toMatch(
        / WARN only1mcp::proxy request_id=\S+ InvalidApiKey request failed .*client=127\.0\.0\.1 .*no entry of auth\.api_keys/,
      )
    const snapshot = await new ControlClient(runtime.record.socket).snapshot()
    expect(snapshot.access?.failures.InvalidApiKey).toBeGreaterThan(0)
    const everything = JSON.stringify([runtime.logs(), snapshot, runtime.process.stdout(), runtime.process.stderr()])
    for (const secret of [admin, reader, outsider, wrong]) {
      expect(everything).not.toContain(secret)
      expect(everything).not.toContain(hashApiKey(secret).slice(7))
    }
  })

  test('failures are counted by reason', async () => {
    const text = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    expect(text).toMatch(/^only1mcp_auth_failures_total\{reason="InvalidApiKey"\} [1-9]/m)
    expect(text).toMatch(/^only1mcp_rate_limit_exceeded_total 0$/m)
  })
})
