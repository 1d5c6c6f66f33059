import {createHash} from 'node:crypto'
import {describe, expect, it, vi} from 'vitest'
import {connectV1, connectV2} from '../../e2e/clients.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {postMcp} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {openSession} from '../protocol/session-client.ts'
import {served, sessionKey, snapshotOf, startInstances} from './start-instances.ts'

const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'test', version: '1'}},
}
const ping = (url: string, session: string) =>
  postMcp(url, {jsonrpc: '2.0', id: 2, method: 'ping'}, {headers: {'mcp-session-id': session}})
const open = async (url: string): Promise<string> =>
  (await postMcp(url, initialize)).headers.get('mcp-session-id') ?? ''

describe('two runtimes behind a balancer', {timeout: 60_000}, () => {
  it('serve SDK clients of both eras, each request at the other one', async () => {
    const {runtimes, url} = await startInstances({servers: [stdioServer('echo', 'echo.mjs')]})
    const clients = [
      await connectV1(`${url}/mcp`),
      await connectV2(`${url}/mcp`, 'legacy'),
      await connectV2(`${url}/mcp`, {pin: '2026-07-28'}),
    ]
    for (const client of clients) {
      expect((await client.list()).map(({name}) => name)).toContain('echo__echo')
      for (let n = 0; n < 10; n++)
        expect(await client.call('echo__echo', {text: `n${n}`})).toMatchObject({content: [{text: `n${n}`}]})
    }
    await vi.waitFor(() => {
      for (const count of served(runtimes, / 200 .*server_id=echo/)) expect(count).toBeGreaterThan(8)
      expect(served(runtimes, / 404 /)).toEqual([0, 0])
    })
    for (const client of clients) await client.close()
    for (const runtime of runtimes) expect((await snapshotOf(runtime)).sessionsAdopted).toBeGreaterThan(0)
  })

  it('have one session: what a server asks at one is answered through the other', async () => {
    const {url} = await startInstances({servers: [stdioServer('asks', 'asks.mjs')]})
    const client = await openSession(url, {
      capabilities: {elicitation: {}, sampling: {}},
      answer: (method, params) => ({result: {from: method, said: params.message}}),
    })
    for (let n = 0; n < 4; n++) {
      // The question comes with the call's own answer; ours to it goes to the other runtime.
      const requests = [{method: 'elicitation/create', params: {message: `m${n}`}}]
      const {answer} = await client.call('tools/call', {name: 'asks__ask', arguments: {requests}})
      expect(JSON.parse(answer.result.content[0].text)).toEqual([{from: 'elicitation/create', said: `m${n}`}])
    }
  })

  it('tell the client what a subscription is about, wherever its stream is', async () => {
    const {url} = await startInstances({servers: [stdioServer('lib', 'library.mjs')]})
    const client = await openSession(url)
    const stream = await client.listen()
    await client.call('resources/subscribe', {uri: 'lib+lib://a'})
    const touch = async (): Promise<boolean> => {
      const {answer} = await client.call('tools/call', {name: 'lib__touch', arguments: {uri: 'lib://a'}})
      return answer.result.content[0].text === 'true'
    }
    // Each runtime has a child of its own: one of two calls meets the one that is subscribed.
    expect([await touch(), await touch()].sort()).toEqual([false, true])
    await vi.waitFor(
      async () => {
        await touch()
        expect(stream.map(({method}) => method)).toContain('notifications/resources/updated')
      },
      {timeout: 10_000, interval: 300},
    )
    await client.call('resources/unsubscribe', {uri: 'lib+lib://a'})
    await client.call('resources/unsubscribe', {uri: 'lib+lib://a'})
    await vi.waitFor(async () => expect([await touch(), await touch()]).toEqual([false, false]))
  })

  it('cancel at one what runs at the other', async () => {
    const {runtimes, url} = await startInstances({servers: [stdioServer('asks', 'asks.mjs')]})
    const client = await openSession(url)
    const call = client.call('tools/call', {name: 'asks__wait', arguments: {nonce: 'n'}}, 'mine').catch(() => {})
    await vi.waitFor(async () => {
      const inFlight = await Promise.all(runtimes.map(async runtime => (await snapshotOf(runtime)).requests.inFlight))
      expect(Math.max(...inFlight)).toBe(1)
    })
    await client.notify('notifications/cancelled', {requestId: 'mine'})
    await client.notify('notifications/cancelled', {requestId: 'mine'})
    await vi.waitFor(() => expect(served(runtimes, /tools\/call:asks__wait.* outcome=cancelled/)).toContain(1))
    await call
  })

  it('end a session everywhere when the client ends it at one', async () => {
    const {runtimes, url} = await startInstances({})
    const session = await open(url)
    const [one, two] = runtimes
    for (const {url: each} of runtimes) expect((await ping(each, session)).status).toBe(200)
    await fetch(`${one.url}/mcp`, {method: 'DELETE', headers: {'mcp-session-id': session}})
    await vi.waitFor(async () => expect((await ping(two.url, session)).status).toBe(404))
    const {status, message} = await ping(one.url, session)
    expect([status, message?.error?.code, message?.error?.message]).toEqual([404, -32001, 'Session not found'])
  })
})

describe('a session that another runtime opened', {timeout: 30_000}, () => {
  it('is not served with another key, nor when it is older than it may be', async () => {
    const key = (session_key: string, more = {}) => startRuntime({server: {session_key, ...more}})
    const [one, same, other] = [await key(sessionKey), await key(sessionKey), await key('b'.repeat(64))]
    const session = await open(one.url)
    expect((await ping(same.url, session)).status).toBe(200)
    expect((await ping(other.url, session)).status).toBe(404)
    const strict = await key(sessionKey, {session_max_age: '1s'})
    const [short, own] = [await open(one.url), await open(strict.url)]
    await vi.waitFor(
      async () =>
        expect([(await ping(strict.url, short)).status, (await ping(strict.url, own)).status]).toEqual([404, 404]),
      {timeout: 5000, interval: 200},
    )
  })

  it('belongs to its principal', async () => {
    const config = {
      server: {session_key: sessionKey},
      auth: {api_keys: ['one', 'two'].map(id => ({id, hash: `sha256:${hashes[id as 'one' | 'two']}`}))},
    }
    const runtimes = [await startRuntime(config), await startRuntime(config)] as const
    const opened = await postMcp(runtimes[0].url, initialize, {headers: {'x-api-key': 'key-one'}})
    const session = opened.headers.get('mcp-session-id') ?? ''
    for (const {url} of runtimes) {
      const status = async (key: string): Promise<number> => {
        const headers = {'mcp-session-id': session, 'x-api-key': key}
        return (await postMcp(url, {jsonrpc: '2.0', id: 2, method: 'ping'}, {headers})).status
      }
      expect([await status('key-two'), await status('key-one')]).toEqual([404, 200])
    }
  })

  it('goes on after a restart, without a word of configuration', async () => {
    const folder = tempDir()
    const before = await startRuntime({}, {folder})
    const session = await open(before.url)
    await before.stop()
    const after = await startRuntime({}, {folder})
    expect((await ping(after.url, session)).status).toBe(200)
    const end = await fetch(`${after.url}/mcp`, {method: 'DELETE', headers: {'mcp-session-id': session}})
    expect([end.status, (await ping(after.url, session)).status]).toEqual([200, 404])
  })
})

const hashes = {
  one: sha256('key-one'),
  two: sha256('key-two'),
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
