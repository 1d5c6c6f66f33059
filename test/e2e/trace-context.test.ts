import {describe, expect, it} from 'vitest'
import {startHttpBackend, stdioServer} from '../helpers/backends.ts'
import {callTool, type McpReply, postModern} from '../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const traceparent = `00-${traceId}-b7ad6b7169203331-01`

interface Heard {
  readonly meta: Record<string, string> | null
  readonly headers: Record<string, string>
}

function heard({message, text}: McpReply): Heard {
  const said = message?.result?.content?.[0]?.text
  if (typeof said !== 'string') throw new Error(text)
  return JSON.parse(said) as Heard
}

async function start(observability: object = {}): Promise<StartedRuntime> {
  const {endpoint} = await startHttpBackend('heard.mjs', ['http'])
  return startRuntime({servers: [stdioServer('child', 'heard.mjs'), {id: 'remote', endpoint}], observability})
}

const call = (runtime: StartedRuntime, server: string, headers: Record<string, string> = {}): Promise<McpReply> =>
  callTool(runtime.url, `${server}__heard`, {}, {headers})

function traceHeaders({headers}: Heard): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => /^(trace|x-trace)/.test(name)))
}

describe('the trace of a request', () => {
  it('goes on to servers and back to the client, and stands in the logs', async () => {
    const runtime = await start()
    const remote = await call(runtime, 'remote', {traceparent, tracestate: 'vendor=a:b, other=1'})
    const sent = traceHeaders(heard(remote))
    expect(sent).toEqual({
      traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`)),
      tracestate: 'vendor=a:b,other=1',
    })
    // We are a hop of our own.
    expect(sent.traceparent).not.toBe(traceparent)
    expect(remote.headers.get('x-trace-id')).toBe(traceId)

    const child = await call(runtime, 'child', {traceparent})
    expect(heard(child).meta).toMatchObject({traceparent: expect.stringContaining(traceId)})
    await runtime.stop()
    const lines = (runtime.logs()['access.log'] ?? '').split('\n').filter(line => line.includes('heard'))
    expect(lines.map(line => / trace_id=(\S+)/.exec(line)?.[1])).toEqual([traceId, traceId])
  })

  it('may have a name of the client instead, which children get too', async () => {
    const runtime = await start()
    const named = {'x-trace-id': 'test-123'}
    const remote = await call(runtime, 'remote', named)
    const child = await call(runtime, 'child', named)
    expect([remote, child].map(({headers}) => headers.get('x-trace-id'))).toEqual(['test-123', 'test-123'])
    const sent = traceHeaders(heard(remote))
    expect(sent['x-trace-id']).toBe('test-123')
    const {meta} = heard(child)
    expect(meta?.['only1mcp/trace-id']).toBe('test-123')
    // The same name is the same W3C trace, wherever it goes.
    expect(meta?.traceparent?.slice(3, 35)).toBe(sent.traceparent?.slice(3, 35))
  })

  it('is read from _meta where the headers say nothing, and left there as it is', async () => {
    const runtime = await start()
    const say = (params: object): Promise<McpReply> =>
      postModern(runtime.url, 'tools/call', {name: 'child__heard', arguments: {}, ...params})
    const plain = await say({})
    expect(heard(plain).meta).not.toHaveProperty('traceparent')
    const meta = {
      'io.modelcontextprotocol/protocolVersion': '2026-07-28',
      'io.modelcontextprotocol/clientInfo': {name: 'test', version: '1'},
      'io.modelcontextprotocol/clientCapabilities': {},
      traceparent,
    }
    const response = await fetch(`${runtime.url}/mcp`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'tools/call',
        'mcp-name': 'child__heard',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: {name: 'child__heard', arguments: {}, _meta: meta},
      }),
    })
    expect(response.headers.get('x-trace-id')).toBe(traceId)
    expect(await response.text()).toContain(JSON.stringify(JSON.stringify(traceparent)).slice(1, -1))
  })

  it('is one of ours, and goes nowhere, where what the client brings is malformed', async () => {
    const runtime = await start()
    const malformed: Record<string, string>[] = [
      {'x-trace-id': 'a b'},
      {'x-trace-id': 'x'.repeat(129)},
      {traceparent: `00-${'0'.repeat(32)}-b7ad6b7169203331-01`},
      {traceparent: `00-${traceId}-${'0'.repeat(16)}-01`},
      {traceparent: traceparent.toUpperCase()},
      {traceparent: traceparent.replace('00-', 'ff-')},
      {traceparent: `${traceparent}-more`},
      {tracestate: 'vendor=1'},
    ]
    for (const headers of malformed) {
      const answer = await call(runtime, 'remote', headers)
      expect([headers, traceHeaders(heard(answer))]).toEqual([headers, {}])
      expect(answer.headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/)
      expect(answer.headers.get('x-trace-id')).not.toBe(traceId)
    }
  })

  it('is passed on without a state that is malformed', async () => {
    const runtime = await start()
    const answer = await call(runtime, 'remote', {traceparent, tracestate: 'No Such=1,'})
    expect(Object.keys(traceHeaders(heard(answer)))).toEqual(['traceparent'])
  })

  it('is begun here where tracing is configured, sampled as often as that says', async () => {
    for (const [ratio, flags] of [
      [1, '01'],
      [0, '00'],
    ] as const) {
      const runtime = await start({tracing: {sample_ratio: ratio}})
      const answers = [await call(runtime, 'remote'), await call(runtime, 'child')]
      const parents = answers.map(answer => heard(answer).headers.traceparent ?? heard(answer).meta?.traceparent)
      expect(parents).toEqual(
        answers.map(({headers}) =>
          expect.stringMatching(new RegExp(`^00-${headers.get('x-trace-id')}-[0-9a-f]{16}-${flags}$`)),
        ),
      )
      await runtime.stop()
    }
  })
})

describe('X-Debug', () => {
  it('makes the log tell all of that one request, and the answer what was done', async () => {
    const runtime = await start()
    const debugged = await call(runtime, 'child', {'x-debug': 'true', 'x-trace-id': 'look-at-me'})
    const other = await call(runtime, 'child')
    const id = debugged.headers.get('x-request-id')
    expect(debugged.headers.get('x-debug-info')).toMatch(
      new RegExp(`^request_id=${id}; server=child; cache=-; outcome=answered; server_ms=[0-9.]+; ms=[0-9.]+$`),
    )
    expect(other.headers.get('x-debug-info')).toBeNull()
    await runtime.stop()
    const lines = (runtime.logs()['only1mcp.log'] ?? '').split('\n').filter(line => / (DEBUG|TRACE) /.test(line))
    expect(lines.every(line => line.includes(`request_id=${id} `) && line.includes('trace_id=look-at-me'))).toBe(true)
    expect(lines.map(line => line.split(' ')[4])).toEqual([
      'RequestRead',
      'RequestHeaders',
      'Routed',
      'Sending',
      'ServerAnswered',
      'RequestClosed',
    ])
  })

  it('tells of the list of tools at /api/tools/list too', async () => {
    const runtime = await start()
    const headers = {'x-debug': 'true', 'x-trace-id': 'test-123'}
    const answer = await fetch(`${runtime.url}/api/tools/list`, {headers})
    expect(answer.headers.get('x-debug-info')).toMatch(
      /^request_id=\S+; server=-; cache=-; outcome=answered; ms=[0-9.]+$/,
    )
    expect(Object.keys((await answer.json()) as object)).toEqual(['tools'])
    await runtime.stop()
    const lines = (runtime.logs()['only1mcp.log'] ?? '').split('\n').filter(line => line.includes('trace_id=test-123'))
    expect(lines.map(line => line.split(' ')[4])).toEqual(['RequestRead', 'RequestHeaders', 'Listed', 'RequestClosed'])
    expect(lines[2]).toMatch(/ list=tools entries=\d+ bytes=\d+ /)
  })

  it('is of no effect for a client that comes through a proxy', async () => {
    const runtime = await start()
    const answer = await call(runtime, 'child', {'x-debug': 'true', 'x-forwarded-for': '203.0.113.7'})
    expect(answer.headers.get('x-debug-info')).toBeNull()
    await runtime.stop()
    expect(runtime.logs()['only1mcp.log']).not.toContain(' DEBUG ')
  })
})
