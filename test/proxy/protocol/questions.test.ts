import {beforeAll, describe, expect, test, vi} from 'vitest'
import {startHttpFixture} from '../../conformance/fixture-server.ts'
import {atEnd} from '../../helpers/at-end.ts'
import {backendPath, stdioServer} from '../../helpers/backends.ts'
import {postModern} from '../../helpers/post-mcp.ts'
import {spawnProgram} from '../../helpers/program.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {modernCall} from './modern-client.ts'
import {type Message, openSession} from './session-client.ts'

const form = {
  method: 'elicitation/create',
  params: {message: 'Who?', requestedSchema: {type: 'object', properties: {}}},
}
const visit = {
  method: 'elicitation/create',
  params: {mode: 'url', message: 'Sign in', elicitationId: 'e1', url: 'https://example.com/'},
}
const model = {method: 'sampling/createMessage', params: {messages: [], maxTokens: 1}}
const roots = {method: 'roots/list'}

let url: string

beforeAll(async () => {
  const http = spawnProgram(process.execPath, [backendPath('asks.mjs'), 'http'])
  const [, port] = await http.untilOutput(/^listening (\d+)$/m)
  const modern = await startHttpFixture('modern')
  atEnd(() => modern.stop())
  const servers = [
    stdioServer('stdio', 'asks.mjs'),
    {id: 'http', endpoint: `http://127.0.0.1:${port}/mcp`},
    {id: 'modern', endpoint: modern.url, prefix: 'modern'},
  ]
  ;({url} = await startRuntime({servers}))
})

const text = ({result}: Message) => JSON.parse(result.content[0].text)

describe.each(['stdio', 'http'])('a legacy %s server that asks its client', server => {
  test('takes its question back, and the client is told so by the id that it knows', async () => {
    const client = await openSession(url, {capabilities: {elicitation: {}}, answer: () => null})
    const {answer, said} = await client.call('tools/call', {
      name: `${server}__withdraw`,
      arguments: {requests: [form]},
    })
    expect(text(answer)).toEqual(['withdrawn'])
    const [asked, cancelled] = said
    expect(said.map(({method}) => method)).toEqual(['elicitation/create', 'notifications/cancelled'])
    expect(cancelled?.params).toMatchObject({requestId: asked?.id})
  })

  test('that takes back the only question of a round goes on without one', async () => {
    const params = {name: `${server}__withdraw`, arguments: {requests: [form]}}
    const {answer} = await modernCall(url, 'tools/call', params, {elicitation: {}})
    expect(text(answer)).toEqual(['withdrawn'])
  })

  test('hears how far the answer is, in its own progress token', async () => {
    const token = `${server} 7`
    const request = {...model, params: {...model.params, _meta: {progressToken: token}}}
    let sent: Promise<void> | undefined
    const client = await openSession(url, {
      capabilities: {sampling: {}},
      answer: (_, {_meta}) => {
        const {progressToken} = _meta as {progressToken: string}
        expect(progressToken).not.toBe(token)
        sent = client.notify('notifications/progress', {progressToken, progress: 1})
        return {result: {role: 'assistant', content: {type: 'text', text: 'x'}, model: 'm'}}
      },
    })
    await client.call('tools/call', {name: `${server}__ask`, arguments: {requests: [request]}})
    await sent
    await vi.waitFor(async () => {
      const {answer} = await client.call('tools/call', {name: `${server}__progress`, arguments: {}})
      expect(text(answer)).toContainEqual({progressToken: token, progress: 1})
    })
  })

  test('refuses a call until a URL was visited, which a modern client is asked for in a round', async () => {
    const params = {name: `${server}__visit`, arguments: {}}
    const capabilities = {elicitation: {url: {}}}
    const {answer} = await modernCall(url, 'tools/call', params, capabilities)
    expect(answer.result.resultType).toBe('input_required')
    const [[key = '', {method = '', params: asked} = {}] = []] = Object.entries<Message>(answer.result.inputRequests)
    expect([method, asked]).toMatchObject(['elicitation/create', {mode: 'url', elicitationId: 'e2'}])
    const inputResponses = {[key]: {action: 'accept'}}
    const second = await modernCall(url, 'tools/call', {...params, inputResponses}, capabilities)
    expect(text(second.answer)).toBe('visited')
  })

  test('gets no further than what the client declared', async () => {
    const params = {name: `${server}__ask`, arguments: {requests: [model, roots, visit, form]}}
    const client = await openSession(url, {
      capabilities: {elicitation: {}},
      answer: () => ({result: {action: 'accept'}}),
    })
    const {answer, said} = await client.call('tools/call', params)
    const refused = {error: -32601}
    expect(text(answer)).toEqual([refused, refused, refused, {action: 'accept'}])
    expect(said.map(({params}) => params)).toEqual([form.params])
    const {answer: round} = await modernCall(url, 'tools/call', params, {elicitation: {}})
    expect(Object.values(round.result.inputRequests)).toEqual([form])
  })

  test('is heard from the level on that each client has set', async () => {
    const call = {name: `${server}__log`, arguments: {}}
    const levelsOf = (said: readonly Message[]) => said.map(({params}) => params.level)
    const [error, debug] = [await openSession(url), await openSession(url)]
    await error.call('logging/setLevel', {level: 'error'})
    await debug.call('logging/setLevel', {level: 'debug'})
    const grave = ['error', 'critical', 'alert', 'emergency']
    expect(levelsOf((await error.call('tools/call', call)).said)).toEqual(grave)
    expect(levelsOf((await debug.call('tools/call', call)).said)).toHaveLength(8)
    const modern = {jsonrpc: '2.0', id: 1, method: 'tools/call', params: call}
    const heard = async (level: string) => {
      const meta = {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientCapabilities': {},
        'io.modelcontextprotocol/logLevel': level,
      }
      const response = await fetch(`${url}/mcp`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          'mcp-protocol-version': '2026-07-28',
          'mcp-method': 'tools/call',
          'mcp-name': call.name,
        },
        body: JSON.stringify({...modern, params: {...call, _meta: meta}}),
      })
      return [...(await response.text()).matchAll(/"level":"(\w+)"/g)].map(match => match[1])
    }
    expect(await heard('error')).toEqual(grave)
    expect(await heard('notice')).toHaveLength(6)
  })
})

describe('a server of 2026-07-28 and a legacy client', () => {
  const call = {name: 'modern__test_input_required_result_elicitation', arguments: {}}

  test('that cancels its call while it is asked on behalf of the call is asked no longer', async () => {
    let sent: Promise<void> | undefined
    const client = await openSession(url, {
      capabilities: {elicitation: {}},
      answer: () => {
        sent = client.notify('notifications/cancelled', {requestId: 'mine'})
        return null
      },
    })
    await expect(client.call('tools/call', call, 'mine')).rejects.toThrow('no answer, HTTP 200')
    await sent
  })

  test('that cannot be asked gets an error at once', async () => {
    const client = await openSession(url, {answer: () => null})
    const {answer, said} = await client.call('tools/call', call)
    expect(answer.error).toBeDefined()
    expect(said).toEqual([])
    expect((await postModern(url, 'tools/list')).status).toBe(200)
  })
})
