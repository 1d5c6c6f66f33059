import {randomUUID} from 'node:crypto'
import {beforeAll, describe, expect, test, vi} from 'vitest'
import {ControlClient} from '../../../src/control/client.ts'
import {startHttpFixture, stdioFixtureArgs} from '../../conformance/fixture-server.ts'
import {atEnd} from '../../helpers/at-end.ts'
import {backendPath, stdioServer} from '../../helpers/backends.ts'
import {aliveDescendants, untilGone} from '../../helpers/processes.ts'
import {spawnProgram} from '../../helpers/program.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {modernCall, modernStream} from './modern-client.ts'
import {openSession} from './session-client.ts'

const everything = {sampling: {}, elicitation: {form: {}, url: {}}, roots: {}}
const sample = {role: 'assistant', content: {type: 'text', text: 'Paris'}, model: 'm'}
const form = {
  method: 'elicitation/create',
  params: {message: 'Who?', requestedSchema: {type: 'object', properties: {name: {type: 'string'}}}},
}
const visit = {
  method: 'elicitation/create',
  params: {mode: 'url', message: 'Sign in', elicitationId: 'e1', url: 'https://example.com/'},
}
const model = {
  method: 'sampling/createMessage',
  params: {messages: [{role: 'user', content: {type: 'text', text: 'Capital of France?'}}], maxTokens: 10},
}
const roots = {method: 'roots/list'}

let runtime: StartedRuntime
let url: string

beforeAll(async () => {
  const http = spawnProgram(process.execPath, [backendPath('asks.mjs'), 'http'])
  const [, port] = await http.untilOutput(/^listening (\d+)$/m)
  const modern = await startHttpFixture('modern')
  atEnd(() => modern.stop())
  runtime = await startRuntime({
    servers: [
      stdioServer('stdio', 'asks.mjs'),
      {id: 'http', endpoint: `http://127.0.0.1:${port}/mcp`},
      {id: 'modern', endpoint: modern.url},
      {id: 'child', command: process.execPath, args: stdioFixtureArgs('modern')},
    ],
  })
  url = runtime.url
})

const ask = (server: string, ...requests: object[]) => ({name: `${server}__ask`, arguments: {requests}})
const inFlight = async (): Promise<number> => {
  const {servers} = await new ControlClient(runtime.record.socket).snapshot()
  return servers.reduce((sum, server) => sum + server.inFlight, 0)
}

describe.each(['stdio', 'http'])('a client of 2026-07-28 and a %s server that asks as 2025-11-25 does', server => {
  test.each([
    ['a form', form, {action: 'accept', content: {name: 'Ann'}}],
    ['a URL to visit', visit, {action: 'accept'}],
    ['a completion of its model', model, sample],
    ['its roots', roots, {roots: [{uri: 'file:///tmp'}]}],
  ])('%s is asked for in a round, and the answer goes on from there', async (_, request, response) => {
    const first = await modernCall(url, 'tools/call', ask(server, request), everything)
    expect(first.answer.result).toMatchObject({resultType: 'input_required', requestState: expect.any(String)})
    const {inputRequests, requestState} = first.answer.result
    const [key = ''] = Object.keys(inputRequests)
    expect(inputRequests).toEqual({[key]: request})
    const again = {...ask(server, request), requestState, inputResponses: {[key]: response}}
    const second = await modernCall(url, 'tools/call', again, everything)
    expect(second.answer.result.resultType).toBe('complete')
    expect(JSON.parse(second.answer.result.content[0].text)).toEqual([response])
  })

  test('several things that it asks for at once come in one round', async () => {
    const params = ask(server, form, model, roots)
    const {answer} = await modernCall(url, 'tools/call', params, everything)
    const {inputRequests, requestState} = answer.result
    expect(Object.values(inputRequests)).toEqual([form, model, roots])
    const responses = [{action: 'decline'}, sample, {roots: []}]
    const inputResponses = Object.fromEntries(Object.keys(inputRequests).map((key, index) => [key, responses[index]]))
    const second = await modernCall(url, 'tools/call', {...params, requestState, inputResponses}, everything)
    expect(JSON.parse(second.answer.result.content[0].text)).toEqual(responses)
  })

  test('a state that was changed, or belongs to another tool, is refused, and the call can still go on', async () => {
    const params = ask(server, form)
    const {answer} = await modernCall(url, 'tools/call', params, everything)
    const {inputRequests, requestState} = answer.result
    const inputResponses = {[Object.keys(inputRequests)[0] ?? '']: {action: 'cancel'}}
    const changed = {...params, inputResponses, requestState: `${requestState}x`}
    expect((await modernCall(url, 'tools/call', changed, everything)).answer.error.code).toBe(-32602)
    const other = {name: `${server}__wait`, arguments: {}, inputResponses, requestState}
    expect((await modernCall(url, 'tools/call', other, everything)).answer.error.code).toBe(-32602)
    const second = await modernCall(url, 'tools/call', {...params, requestState, inputResponses}, everything)
    expect(JSON.parse(second.answer.result.content[0].text)).toEqual([{action: 'cancel'}])
  })

  test('a client that closes the stream ends the call at the server', async () => {
    const nonce = randomUUID()
    const controller = new AbortController()
    const call = modernCall(url, 'tools/call', {name: `${server}__wait`, arguments: {nonce}}, {}, controller.signal)
    call.catch(() => {}) // closed on purpose
    await vi.waitFor(async () => expect(await inFlight()).toBe(1))
    const closedAt = Date.now()
    controller.abort()
    expect((await cancelledAt(server, nonce)) - closedAt).toBeLessThan(100)
    await vi.waitFor(async () => expect(await inFlight()).toBe(0))
  })
})

/** When the server heard that the call with this nonce was cancelled, in ms since 1970. */
async function cancelledAt(server: string, nonce: string): Promise<number> {
  return vi.waitFor(async () => {
    const {answer} = await modernCall(url, 'tools/call', {name: `${server}__cancelled`, arguments: {nonce}})
    const at = JSON.parse(answer.result.content[0].text)
    if (at === null) throw new Error('not cancelled yet')
    return at
  })
}

describe('a client of 2025-11-25', () => {
  test.each(['stdio', 'http'])('cancels by a notification, and %s hears of it at once', async server => {
    const client = await openSession(url)
    const nonce = randomUUID()
    void client.call('tools/call', {name: `${server}__wait`, arguments: {nonce}}, 'mine').catch(() => {}) // never answered
    await vi.waitFor(async () => expect(await inFlight()).toBe(1))
    const saidAt = Date.now()
    await client.notify('notifications/cancelled', {requestId: 'mine'})
    expect((await cancelledAt(server, nonce)) - saidAt).toBeLessThan(100)
  })

  test('may lose its stream without the call being cancelled', async () => {
    const nonce = randomUUID()
    const controller = new AbortController()
    const params = {name: 'stdio__wait', arguments: {nonce}}
    const headers = {'content-type': 'application/json', accept: 'application/json, text/event-stream'}
    const body = JSON.stringify({jsonrpc: '2.0', id: 1, method: 'tools/call', params})
    void fetch(`${url}/mcp`, {method: 'POST', headers, body, signal: controller.signal}).catch(() => {}) // closed on purpose
    await vi.waitFor(async () => expect(await inFlight()).toBe(1))
    controller.abort()
    const {answer} = await modernCall(url, 'tools/call', {name: 'stdio__cancelled', arguments: {nonce}})
    expect(answer.result.content[0].text).toBe('null')
    expect(await inFlight()).toBe(1)
  })

  describe.each(['modern', 'child'])('and the server %s of 2026-07-28 that needs input', server => {
    const greet = {name: `${server}__test_input_required_result_elicitation`, arguments: {}}

    test('is asked on its stream, and the rounds are played for it', async () => {
      const asked: string[] = []
      const client = await openSession(url, {
        capabilities: {elicitation: {}},
        answer: method => {
          asked.push(method)
          return {result: {action: 'accept', content: {name: 'Ann'}}}
        },
      })
      const {answer} = await client.call('tools/call', greet)
      expect(asked).toEqual(['elicitation/create'])
      expect(answer.result.content[0].text).toBe('Hello, Ann!')
      expect(answer.result).not.toHaveProperty('resultType')
    })

    test('and refuses gets an error that says so', async () => {
      const answer = () => ({error: {code: -1, message: 'the user rejected it'}})
      const client = await openSession(url, {capabilities: {elicitation: {}}, answer})
      const {error} = (await client.call('tools/call', greet)).answer
      expect(error.message).toContain('the user rejected it')
      expect(error.data).toMatchObject({cause: 'InputRefused', blame: 'client'})
    })

    test('and takes no stream gets an error instead of waiting for ever', async () => {
      const client = await openSession(url, {capabilities: {elicitation: {}}, withoutStream: true})
      const {error} = (await client.call('tools/call', greet)).answer
      expect(error.data).toMatchObject({cause: 'InputRefused', blame: 'client'})
    })
  })
})

test('a child that a client needed for itself ends with its session', async () => {
  const before = new Set(aliveDescendants(runtime.pid).map(({pid}) => pid))
  const client = await openSession(url, {capabilities: everything, answer: () => ({result: {roots: []}})})
  await client.call('tools/call', ask('stdio', roots))
  const own = aliveDescendants(runtime.pid).filter(({pid}) => !before.has(pid))
  expect(own.length).toBeGreaterThan(0)
  await client.close()
  await untilGone(own)
})

test('a subscription of 2026-07-28 to a resource of a legacy server is tagged with its own id', async () => {
  const library = await startRuntime({servers: [stdioServer('lib', 'library.mjs')]})
  const controller = new AbortController()
  atEnd(() => controller.abort())
  const params = {notifications: {resourceSubscriptions: ['lib+lib://a']}}
  const stream = modernStream(library.url, 'subscriptions/listen', params, {}, controller.signal)
  const first = await stream.next()
  expect(first.value).toMatchObject({method: 'notifications/subscriptions/acknowledged'})
  await modernCall(library.url, 'tools/call', {name: 'lib__touch', arguments: {uri: 'lib://a'}})
  const {value} = await stream.next()
  expect(value).toMatchObject({
    method: 'notifications/resources/updated',
    params: {uri: 'lib+lib://a', _meta: {'io.modelcontextprotocol/subscriptionId': 'same'}},
  })
})
