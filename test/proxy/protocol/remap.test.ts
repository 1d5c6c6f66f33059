import {beforeAll, describe, expect, test, vi} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {postMcp, postModern} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {openSession, type SessionClient} from './session-client.ts'

let url: string
let client: SessionClient

beforeAll(async () => {
  const servers = [
    stdioServer('one', 'library.mjs'),
    stdioServer('two', 'library.mjs'),
    stdioServer('echo', 'echo.mjs'),
  ]
  url = (await startRuntime({servers})).url
  client = await openSession(url)
})

describe('what is told apart between clients and servers', () => {
  test.each(['1.50', '1e3', '"\\u0041"', '1152921504606846976', '-7', '0', '""', '"a \\"quoted\\" one"', '"é\\/"'])(
    'the id %s comes back as the bytes that it was',
    async id => {
      const params =
        '{"name":"echo__echo","arguments":{"text":"x"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}'
      const headers = {'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo__echo'}
      const {text} = await postMcp(url, `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":${params}}`, {
        headers,
      })
      expect(text.startsWith(`{"jsonrpc":"2.0","id":${id},"result":`)).toBe(true)
    },
  )

  test('pages of both servers are one list, and a cursor that nobody gave out is refused', async () => {
    const {answer} = await client.call('resources/list', {})
    expect(answer.result.resources.map(({uri}: {uri: string}) => uri)).toEqual([
      'one+lib://a',
      'one+lib://b',
      'two+lib://a',
      'two+lib://b',
    ])
    expect(answer.result).not.toHaveProperty('nextCursor')
    expect((await client.call('resources/list', {cursor: 'p2'})).answer.error.code).toBe(-32602)
  })

  test.each(['one+lib://a', 'two+lib://b', 'two+lib://book/7'])(
    '%s is read, and its contents say the same',
    async uri => {
      const {answer} = await client.call('resources/read', {uri})
      expect(answer.result.contents).toEqual([{uri, text: `text of ${uri.slice(4)}`}])
    },
  )

  test('a resource that its server does not have is named in the error as the client knows it', async () => {
    const {answer} = await client.call('resources/read', {uri: 'two+lib://none'})
    expect(answer.error).toMatchObject({code: -32002, data: {uri: 'two+lib://none'}})
  })

  test('a resource that is subscribed to is named as the client knows it, and only its own server tells', async () => {
    const seen = await client.listen()
    await client.call('resources/subscribe', {uri: 'two+lib://a'})
    expect(
      (await client.call('tools/call', {name: 'one__touch', arguments: {uri: 'lib://a'}})).answer.result.content[0]
        .text,
    ).toBe('false')
    await client.call('tools/call', {name: 'two__touch', arguments: {uri: 'lib://a'}})
    await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0))
    expect(seen).toEqual([{jsonrpc: '2.0', method: 'notifications/resources/updated', params: {uri: 'two+lib://a'}}])
    await client.call('resources/unsubscribe', {uri: 'two+lib://a'})
    await vi.waitFor(async () => {
      const {answer} = await client.call('tools/call', {name: 'two__touch', arguments: {uri: 'lib://a'}})
      expect(answer.result.content[0].text).toBe('false')
    })
  })

  test('links and embedded resources in a result can be read by the URI that they have there', async () => {
    const {answer} = await client.call('tools/call', {name: 'two__link', arguments: {}})
    const [link, embedded] = answer.result.content
    expect(link).toMatchObject({type: 'resource_link', uri: 'two+lib://a', name: 'a'})
    expect(embedded.resource.uri).toBe('two+lib://b')
    const read = await client.call('resources/read', {uri: link.uri})
    expect(read.answer.result.contents[0].text).toBe('text of lib://a')
  })

  test('prompts are got by their own name, and what they embed can be read', async () => {
    const {answer} = await client.call('prompts/get', {name: 'one__poem'})
    expect(answer.result.messages[0].content.resource).toEqual({uri: 'one+lib://a', text: 'poem'})
  })

  test.each([
    [{type: 'ref/prompt', name: 'one__poem'}, 'poem'],
    [{type: 'ref/resource', uri: 'two+lib://book/{id}'}, 'lib://book/{id}'],
  ])('a completion reference reaches the server as its own: %o', async (ref, own) => {
    const params = {ref, argument: {name: 'id', value: ''}}
    expect((await client.call('completion/complete', params)).answer.result.completion.values).toEqual([own])
  })

  test('a resource that is not there has the code of the client’s era', async () => {
    const uri = 'one+lib://none'
    expect((await client.call('resources/read', {uri})).answer.error.code).toBe(-32002)
    expect((await postModern(url, 'resources/read', {uri})).message?.error?.code).toBe(-32602)
  })
})
