import {expect, it} from 'vitest'
import {stdioServer} from '../helpers/backends.ts'
import {postMcp} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {modernCall} from './protocol/modern-client.ts'
import {openSession} from './protocol/session-client.ts'
import {reload, replaceConfig, unwatched} from './reload/reloading.ts'

const servers = [stdioServer('lib', 'library.mjs')]
const limited = (server: object) => ({...unwatched, servers, server})

it('max_batch says how many messages one batch may hold, and a reload changes it', async () => {
  const runtime = await startRuntime(limited({max_batch: 2}))
  const {url} = runtime
  const params = {protocolVersion: '2025-03-26', capabilities: {}, clientInfo: {name: 'old', version: '1'}}
  const opened = await postMcp(url, {jsonrpc: '2.0', id: 0, method: 'initialize', params})
  const headers = {'mcp-session-id': opened.headers.get('mcp-session-id') ?? ''}
  const batch = (count: number) =>
    postMcp(url, JSON.stringify(Array.from({length: count}, (_, id) => ({jsonrpc: '2.0', id, method: 'ping'}))), {
      headers,
    })
  expect(JSON.parse((await batch(2)).text)).toHaveLength(2)
  expect((await batch(3)).text).toContain('a batch holds at most 2 messages')
  replaceConfig(runtime, limited({max_batch: 3}))
  expect(await reload(runtime)).toMatchObject({ok: true, needsRestart: []})
  expect(JSON.parse((await batch(3)).text)).toHaveLength(3)
})

it('max_subscriptions says how many resources one client may watch, in either era', async () => {
  const {url} = await startRuntime(limited({max_subscriptions: 2}))
  const [a, b, c] = ['lib+lib://a', 'lib+lib://b', 'lib+lib://book/7']
  const client = await openSession(url)
  const subscribe = async (uri: string | undefined) => (await client.call('resources/subscribe', {uri})).answer
  // Twice the same is one.
  for (const uri of [a, b, a]) expect((await subscribe(uri)).error).toBeUndefined()
  expect((await subscribe(c)).error).toMatchObject({
    code: -32602,
    message: expect.stringContaining('2 resources at a time (server.max_subscriptions)'),
    data: {cause: 'TooManySubscriptions', blame: 'client'},
  })
  await client.call('resources/unsubscribe', {uri: a})
  expect((await subscribe(c)).error).toBeUndefined()
  const listen = {notifications: {resourceSubscriptions: [a, b, c]}}
  expect((await modernCall(url, 'subscriptions/listen', listen)).answer.error?.data.cause).toBe('TooManySubscriptions')
})
