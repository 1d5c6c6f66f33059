import {createServer, type IncomingMessage, type ServerResponse} from 'node:http'
import type {AddressInfo} from 'node:net'
import {describe, expect, it, vi} from 'vitest'
import {CancelSource} from '../../src/mcp/cancel-source.ts'
import type {BackendCall, BackendConnection} from '../../src/mcp/connection.ts'
import {openHttp} from '../../src/mcp/http-connection.ts'
import type {HttpOptions} from '../../src/mcp/http-link.ts'
import {atEnd} from '../helpers/at-end.ts'
import {startHttpBackend} from '../helpers/backends.ts'
import {freePort} from '../helpers/free-port.ts'
import {httpOptions} from './http-options.ts'

const oddities: string[] = []

async function open(endpoint: string, more: Partial<HttpOptions> = {}): Promise<BackendConnection> {
  oddities.length = 0
  const connection = await openHttp({
    endpoint,
    ...httpOptions,
    events: {
      onRequest: async () => ({kind: 'result', value: Buffer.from('{}')}),
      onNotification: () => {},
      onOddity: (kind, detail) => oddities.push(`${kind} ${detail}`),
    },
    ...more,
  })
  atEnd(() => connection.close(500))
  return connection
}

function echo(text: string, more: Partial<BackendCall> = {}): BackendCall {
  const params = Buffer.from(JSON.stringify({name: 'echo', arguments: {text}}))
  return {method: 'tools/call', params, name: 'echo', timeoutMs: 1_000, ...more}
}

interface Seen {
  readonly method: string
  readonly headers: IncomingMessage['headers']
  readonly message:
    | {readonly id?: number; readonly method?: string; readonly params?: Record<string, unknown>}
    | undefined
}

/** What a `scripted` server does with a GET that asks for the rest of a stream. */
let openGet = (response: ServerResponse): void => void response.writeHead(405).end()

/** A modern server that refuses our version while `refuse` says so, and names it as supported all the same. */
async function startRefusing(refuse: () => boolean) {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const {id} = JSON.parse(Buffer.concat(chunks).toString())
    const data = {supported: ['2026-07-28'], requested: '2026-07-28'}
    const error = {code: -32022, message: 'Unsupported protocol version', data}
    const result = {supportedVersions: ['2026-07-28'], capabilities: {}, resultType: 'complete'}
    if (refuse()) sendJson(response, 400, {jsonrpc: '2.0', id, error})
    else sendJson(response, 200, {jsonrpc: '2.0', id, result})
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  atEnd(() => void server.close())
  return {endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`}
}

/** A legacy server that answers each request as `answer` says, after the handshake; what it got is in `seen`. */
async function scripted(answer: (seen: Seen, response: ServerResponse) => void) {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const one: Seen = {
      method: request.method ?? '',
      headers: request.headers,
      message: text === '' ? undefined : JSON.parse(text),
    }
    seen.push(one)
    if (one.method === 'GET' && one.headers['last-event-id'] !== undefined) return openGet(response)
    if (one.message?.method === 'server/discover') return void response.writeHead(400).end('no')
    if (one.message?.method === 'initialize') {
      const result = {
        protocolVersion: '2025-06-18',
        capabilities: {tools: {}},
        serverInfo: {name: 'scripted', version: '2'},
      }
      response.writeHead(200, {'content-type': 'application/json', 'mcp-session-id': 'the-session'})
      return void response.end(JSON.stringify({jsonrpc: '2.0', id: one.message.id, result}))
    }
    if (one.message?.id === undefined) return void response.writeHead(202).end()
    answer(one, response)
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  atEnd(() => {
    server.close()
    server.closeAllConnections()
  })
  return {endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp?key=1`, seen}
}

const sendJson = (response: ServerResponse, status: number, value: unknown): void =>
  void response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(value))

describe('a connection over HTTP', () => {
  it.each([
    ['http-echo.mjs', 'json', 'legacy', '2025-11-25'],
    ['http-echo.mjs', 'sse', 'legacy', '2025-11-25'],
    ['http-modern.mjs', 'json', 'modern', '2026-07-28'],
    ['http-modern.mjs', 'sse', 'modern', '2026-07-28'],
  ])('to %s with %s answers finds out its era and calls it', async (file, answers, era, protocolVersion) => {
    const {endpoint} = await startHttpBackend(file, ['0', answers])
    const connection = await open(endpoint)
    expect(connection.info).toMatchObject({era, protocolVersion, capabilities: {tools: {}}})
    expect(connection.pid).toBeNull()
    if (era === 'modern') return // its envelope is the caller's affair
    const all = await Promise.all(['a', 'b é', 'c'].map(text => connection.call(echo(text))))
    expect(all.map(({value}) => JSON.parse(value.toString()).content[0].text)).toEqual(['a', 'b é', 'c'])
  })

  it('sends session, version and configured headers with each request, and ends the session', async () => {
    const {endpoint, seen} = await scripted(({message}, response) =>
      sendJson(response, 200, {jsonrpc: '2.0', id: message?.id, result: {}}),
    )
    const connection = await open(endpoint, {headers: {authorization: 'Bearer example', 'x-own': 'yes'}})
    expect(connection.info).toMatchObject({
      protocolVersion: '2025-06-18',
      implementation: {name: 'scripted', version: '2'},
    })
    await connection.call(echo('x'))
    await connection.close(500)
    for (const {headers} of seen) expect(headers).toMatchObject({authorization: 'Bearer example', 'x-own': 'yes'})
    const sent = (name: string): Seen | undefined =>
      seen.find(({message, method}) => (message?.method ?? method) === name)
    const [discover, initialize, initialized] = seen
    const [call, end] = [sent('tools/call'), sent('DELETE')]
    expect(discover?.headers).toMatchObject({'mcp-protocol-version': '2026-07-28', 'mcp-method': 'server/discover'})
    expect(initialize?.headers).not.toHaveProperty('mcp-session-id')
    expect(initialized?.message?.method).toBe('notifications/initialized')
    for (const one of [initialized, call, end]) {
      expect(one?.headers).toMatchObject({'mcp-session-id': 'the-session', 'mcp-protocol-version': '2025-06-18'})
    }
    expect(call?.headers).not.toHaveProperty('mcp-name')
  })

  it.each<[string, number, unknown]>([
    ['404 and a page', 404, undefined],
    ['404 and a JSON-RPC error', 404, {jsonrpc: '2.0', id: null, error: {code: -32_001, message: 'Session not found'}}],
    [
      '400 and a JSON-RPC error',
      400,
      {jsonrpc: '2.0', id: null, error: {code: -32_000, message: 'No valid session ID'}},
    ],
  ])('is over when the server has forgotten the session: %s', async (_what, status, body) => {
    const {endpoint} = await scripted((_seen, response) => sendJson(response, status, body))
    const connection = await open(endpoint)
    const lost = {kind: 'SessionLost', blame: 'backend-process', delivered: 'no', code: -32_002}
    await expect(connection.call(echo('x'))).rejects.toMatchObject(lost)
    expect(await connection.closed).toMatchObject(lost)
  })

  it('takes other errors of a server, also with a status, for its answer', async () => {
    const error = {code: -32_602, message: 'no such tool'}
    for (const status of [200, 400, 500]) {
      const {endpoint} = await scripted(({message}, response) =>
        sendJson(response, status, {jsonrpc: '2.0', id: message?.id, error}),
      )
      const connection = await open(endpoint)
      const answer = await connection.call(echo('x'))
      expect({kind: answer.kind, value: JSON.parse(answer.value.toString())}).toEqual({kind: 'error', value: error})
    }
  })

  it.each<[string, (response: ServerResponse, id: number) => void, object]>([
    [
      '401',
      response => void response.writeHead(401).end('who?'),
      {kind: 'CredentialsRejected', blame: 'proxy', evidence: 'HTTP 401: who?'},
    ],
    ['500', response => void response.writeHead(500).end('boom'), {kind: 'HttpStatus', evidence: 'HTTP 500: boom'}],
    [
      'a redirect',
      response => void response.writeHead(302, {location: 'http://127.0.0.1:1/'}).end(),
      {kind: 'HttpStatus', message: expect.stringContaining('not followed')},
    ],
    ['a page', response => void response.writeHead(200, {'content-type': 'text/html'}).end('<p>'), {kind: 'NotMcp'}],
    [
      'nothing',
      response => void response.writeHead(200).end(),
      {kind: 'NotMcp', message: expect.stringContaining('without a content type')},
    ],
    [
      'cut JSON',
      response => void response.writeHead(200, {'content-type': 'application/json'}).end('{"jsonrpc":'),
      {kind: 'MalformedAnswer'},
    ],
    [
      'too much',
      (response, id) => sendJson(response, 200, {jsonrpc: '2.0', id, result: {x: 'x'.repeat(70_000)}}),
      {kind: 'AnswerTooLarge'},
    ],
    [
      'too much in an event',
      response =>
        void response.writeHead(200, {'content-type': 'text/event-stream'}).end(`data: ${'x'.repeat(70_000)}\n\n`),
      {kind: 'AnswerTooLarge'},
    ],
    [
      'a stream without it',
      response => void response.writeHead(200, {'content-type': 'text/event-stream'}).end(': bye\n\n'),
      {kind: 'StreamEnded', blame: 'transport'},
    ],
    [
      'a reset',
      response => void response.socket?.resetAndDestroy(),
      {kind: 'TransportFailed', blame: 'transport', delivered: 'unknown'},
    ],
  ])('ends a call that is answered with %s', async (_what, answer, failure) => {
    const {endpoint} = await scripted(({message}, response) => answer(response, message?.id ?? 0))
    const connection = await open(endpoint)
    await expect(connection.call(echo('x'))).rejects.toMatchObject(failure)
  })

  it('hands on what comes before the answer, and passes over the answer to another call', async () => {
    const {endpoint} = await scripted(({message}, response) => {
      const id = message?.id ?? 0
      response.writeHead(200, {'content-type': 'text/event-stream'})
      for (const one of [
        {jsonrpc: '2.0', method: 'notifications/progress', params: {progressToken: 1, progress: 0.5}},
        {jsonrpc: '2.0', id: id + 1000, result: {wrong: true}},
        {jsonrpc: '2.0', id, result: {right: true}},
        {jsonrpc: '2.0', id, result: {late: true}},
      ]) {
        response.write(`data: ${JSON.stringify(one)}\n\n`)
      }
    })
    const connection = await open(endpoint)
    const notified: string[] = []
    const {value} = await connection.call(echo('x', {onNotification: method => notified.push(method)}))
    expect(value.toString()).toBe('{"right":true}')
    expect(notified).toEqual(['notifications/progress'])
    expect(oddities).toEqual([expect.stringMatching(/^UnexpectedAnswer id 10\d\d/)])
  })

  it('tells a legacy server of a call that timed out or was cancelled', async () => {
    const {endpoint, seen} = await scripted(() => {})
    const connection = await open(endpoint)
    await expect(connection.call(echo('x', {timeoutMs: 100}))).rejects.toMatchObject({kind: 'BackendTimeout'})
    const controller = new CancelSource()
    const cancelled = expect(connection.call(echo('y', {signal: controller}))).rejects.toMatchObject({
      kind: 'Cancelled',
    })
    await vi.waitFor(() => expect(seen.filter(({message}) => message?.method === 'tools/call')).toHaveLength(2))
    controller.abort()
    await cancelled
    await vi.waitFor(() => {
      const told = seen.flatMap(({message}) => (message?.method === 'notifications/cancelled' ? [message.params] : []))
      const ids = seen.flatMap(({message}) => (message?.method === 'tools/call' ? [message.id] : []))
      expect(told).toEqual([
        {requestId: ids[0], reason: 'timed out'},
        {requestId: ids[1], reason: 'cancelled by the client'},
      ])
    })
  })
})

describe('a connection that cannot be made', () => {
  it('names the port on which nothing listens', async () => {
    const port = await freePort()
    await expect(open(`http://127.0.0.1:${port}/mcp`)).rejects.toMatchObject({
      kind: 'TransportFailed',
      blame: 'transport',
      delivered: 'no',
      message: `http://127.0.0.1:${port}: connection refused: nothing listens there`,
      evidence: 'ECONNREFUSED',
    })
  })

  it('ends in time with a server that never accepts', async () => {
    const {endpoint} = await startHttpBackend('http-misbehaves.mjs', ['never-accepts'])
    const began = performance.now()
    await expect(open(endpoint, {handshakeTimeoutMs: 2_500})).rejects.toMatchObject({kind: 'TransportFailed'})
    expect(performance.now() - began).toBeLessThan(3_500)
  })

  it('says what a server that is no MCP server answered', async () => {
    const {endpoint} = await startHttpBackend('http-misbehaves.mjs', ['html', '0', 'initialize'])
    await expect(open(endpoint)).rejects.toMatchObject({kind: 'NotMcp', evidence: expect.stringContaining('Sign in')})
  })

  it('takes up a stream again that the backend closes to be polled, where it stopped and not too early', async () => {
    let closedAt = 0
    let askedAt = 0
    const {endpoint, seen} = await scripted((one, response) => {
      response.writeHead(200, {'content-type': 'text/event-stream'})
      response.end('id: here-1\nretry: 200\ndata:\n\n', () => {
        closedAt = performance.now()
      })
      openGet = reply => {
        askedAt = performance.now()
        reply.writeHead(200, {'content-type': 'text/event-stream'})
        const result = {content: [{type: 'text', text: 'late'}]}
        reply.end(`id: here-2\ndata: ${JSON.stringify({jsonrpc: '2.0', id: one.message?.id, result})}\n\n`)
      }
    })
    const connection = await open(endpoint)
    const answer = await connection.call(echo('x', {timeoutMs: 3_000}))
    expect(answer.value.toString()).toContain('late')
    expect(seen.find(({method, headers}) => method === 'GET' && headers['last-event-id'] === 'here-1')).toBeDefined()
    expect(askedAt - closedAt).toBeGreaterThan(150)
  })

  it('tries once more when its own version is among those that the backend names in its refusal', async () => {
    let refusals = 0
    const {endpoint} = await startRefusing(() => refusals++ === 0)
    expect((await open(endpoint)).info.era).toBe('modern')
    expect(refusals).toBe(2)
  })
})
