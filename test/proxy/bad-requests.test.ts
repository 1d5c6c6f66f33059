import {beforeAll, describe, expect, it, vi} from 'vitest'
import {atEnd} from '../helpers/at-end.ts'
import {stdioServer} from '../helpers/backends.ts'
import {callTool, type McpReply, postMcp} from '../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {dribbleHeaders, rawRequest, sendRaw} from './raw-http.ts'

const maxBytes = 64 * 1024

let runtime: StartedRuntime
let slowClient: Promise<number>

beforeAll(async () => {
  runtime = await startRuntime({servers: [stdioServer('echo', 'echo.mjs')], server: {max_body_size: maxBytes}})
  const {ended, socket} = dribbleHeaders(runtime.record.port, 500)
  slowClient = ended
  atEnd(() => void socket.destroy())
})

const ping = (id: string): string => `{"jsonrpc":"2.0","id":${id},"method":"ping"}`
const bytes = (...parts: (string | number[])[]): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.concat(parts.map(part => Buffer.from(part as string))))

describe('a body that is no message', () => {
  it.each<[string, string | Uint8Array<ArrayBuffer>, number, string]>([
    ['empty', '', -32_700, 'null'],
    ['white space', ' \n', -32_700, 'null'],
    ['text', 'hello', -32_700, 'null'],
    ['cut off', '{"jsonrpc":"2.0","id":1,"method":"pi', -32_700, 'null'],
    ['followed by more', `${ping('1')}{}`, -32_700, 'null'],
    ['with a byte order mark', bytes([0xef, 0xbb, 0xbf], ping('1')), -32_700, 'null'],
    ['invalid UTF-8', bytes('{"jsonrpc":"2.0","id":1,"method":"p', [0xff], '"}'), -32_700, 'null'],
    ['UTF-16', bytes([0xff, 0xfe], [...Buffer.from(ping('1'), 'utf16le')]), -32_700, 'null'],
    ['a number', '42', -32_600, 'null'],
    ['an empty batch', '[]', -32_600, 'null'],
    ['a batch', `[${ping('1')},${ping('2')}]`, -32_600, 'null'],
    ['another version of JSON-RPC', '{"jsonrpc":"1.0","id":1,"method":"ping"}', -32_600, '1'],
    ['neither a method nor an answer', '{"jsonrpc":"2.0","id":1}', -32_600, '1'],
    ['with two methods', '{"jsonrpc":"2.0","id":7,"method":"ping","method":"tools/call"}', -32_600, '7'],
    ['with two names of a tool', callText('"name":"echo__echo","name":"echo__die"'), -32_600, '1'],
    ['with a method in other letters too', '{"jsonrpc":"2.0","id":7,"method":"ping","Method":"x"}', -32_600, '7'],
    ['with params that are no object', '{"jsonrpc":"2.0","id":"p","method":"ping","params":[1]}', -32_600, '"p"'],
    ['with an id that is null', ping('null'), -32_600, 'null'],
    ['with an id that is an object', ping('{}'), -32_600, 'null'],
    ['too deep', `{"jsonrpc":"2.0","id":3,"method":"ping","params":{"a":${nested(20_000)}}}`, -32_600, '3'],
  ])('%s gets 400 and a JSON-RPC error', async (_what, body, code, id) => {
    const reply = await postMcp(runtime.url, body)
    expect(reply.status).toBe(400)
    expect(reply.message?.error).toMatchObject({
      code,
      message: expect.stringMatching(/^(Parse error|Invalid request): \S/),
    })
    expect(reply.text).toContain(`"id":${id},`)
  })
})

describe('an id', () => {
  it.each([
    '1',
    '1.5',
    '-0',
    '1152921504606846977',
    '1e400',
    '""',
    '"a\\u0041\\n\\/ \\ud83d"',
    '"\u{1f600}"',
    '"\u2028"',
  ])('%s comes back as it was spelt', async id => {
    const reply = await postMcp(runtime.url, ping(id))
    expect(reply.status).toBe(200)
    expect(reply.text).toBe(`{"jsonrpc":"2.0","id":${id},"result":{}}`)
  })
})

describe('a body over the limit', () => {
  const large = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"${'x'.repeat(maxBytes)}"}}`

  it('gets 413 as soon as its length is told', async () => {
    const head = rawRequest('POST /mcp', [...mcpHeaders(), ['content-length', '99999999']], '', 'none')
    const {status, body} = await sendRaw(runtime.record.port, head)
    expect(status).toBe(413)
    expect(JSON.parse(body)).toMatchObject({
      id: null,
      error: {code: -32_600, message: expect.stringContaining('65536')},
    })
  })

  it('gets 413 where it comes in chunks without a length', async () => {
    const head = rawRequest('POST /mcp', [...mcpHeaders(), ['transfer-encoding', 'chunked']], '', 'none')
    const chunk = `${large.length.toString(16)}\r\n${large}\r\n`
    const {status, body} = await sendRaw(runtime.record.port, `${head}${chunk}`)
    expect(status).toBe(413)
    expect(JSON.parse(body).id).toBe(1)
  })

  it('gets 413 with the id of the request, where its beginning has come', async () => {
    const {status, message} = await postMcp(runtime.url, large.replace('"id":1', '"id":"mine"'))
    expect([status, message?.id]).toEqual([413, 'mine'])
  })

  it('of exactly the limit is served', async () => {
    const rest = '{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":""}}'.length
    const body = `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"${'x'.repeat(maxBytes - rest)}"}}`
    expect((await postMcp(runtime.url, body)).status).toBe(200)
    expect((await postMcp(runtime.url, `${body} `)).status).toBe(413)
  })
})

describe('a request that is not for us', () => {
  const port = (): number => runtime.record.port

  it.each<[string, string, [string, string][], number]>([
    ['a foreign Origin', 'POST /mcp', [...mcpHeaders(), ['origin', 'https://evil.example']], 403],
    ['the Origin null', 'POST /mcp', [...mcpHeaders(), ['origin', 'null']], 403],
    [
      'an Origin that begins like ours',
      'POST /mcp',
      [...mcpHeaders(), ['origin', 'http://localhost.evil.example']],
      403,
    ],
    ['a foreign Host', 'POST /mcp', mcpHeaders('evil.example'), 403],
    ['a Host that begins like ours', 'POST /mcp', mcpHeaders('127.0.0.1.evil.example'), 403],
    ['a Host with user info', 'POST /mcp', mcpHeaders('localhost@evil.example'), 403],
    ['no Host', 'POST /mcp', mcpHeaders().filter(([name]) => name !== 'host'), 403],
    ['two Hosts', 'POST /mcp', [...mcpHeaders(), ['Host', 'evil.example']], 400],
    ['an absolute target', 'POST http://evil.example/mcp', mcpHeaders(), 400],
    ['the target *', 'OPTIONS *', mcpHeaders(), 400],
    ['an unknown path', 'POST /mcp/../admin', mcpHeaders(), 404],
    ['another unknown path', 'GET /', mcpHeaders(), 404],
    ['a wrong HTTP method', 'PUT /mcp', mcpHeaders(), 405],
    ['a POST to /health', 'POST /health', mcpHeaders(), 405],
    ['a GET without a session', 'GET /mcp', mcpHeaders(), 405],
    ['a DELETE without a session', 'DELETE /mcp', mcpHeaders(), 405],
  ])('%s is refused', async (_what, line, headers, status) => {
    const reply = await sendRaw(port(), rawRequest(line, headers, ping('1')))
    expect(reply.status).toBe(status)
    expect(reply.body).toMatch(/"(error|message)":/)
  })

  it.each([
    ['localhost', undefined],
    ['127.0.0.1:8080', 'http://localhost:3000'],
    ['[::1]:1', 'https://127.0.0.1'],
    ['LOCALHOST.', 'http://[::1]:5173'],
  ])('Host %s and Origin %s are served', async (host, origin) => {
    const headers = [...mcpHeaders(host), ...(origin === undefined ? [] : [['origin', origin] as const])]
    expect(await sendRaw(port(), rawRequest('POST /mcp', headers, ping('1')))).toMatchObject({status: 200})
  })

  it.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json'])(
    'the content type %s gets 415',
    async type => {
      const headers: [string, string][] = mcpHeaders().filter(([name]) => name !== 'content-type')
      if (type !== undefined) headers.push(['content-type', type])
      const reply = await sendRaw(port(), rawRequest('POST /mcp', headers, ping('1')))
      expect(reply.status).toBe(415)
      expect(JSON.parse(reply.body).error.message).toContain(type ?? 'missing')
    },
  )
})

describe('a request of 2026-07-28', () => {
  const meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  }
  const fitting = {'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'echo__echo'}
  const params = {name: 'echo__echo', arguments: {text: 'hi'}}
  const post = (headers: Record<string, string>, _meta: object = meta, method = 'tools/call'): Promise<McpReply> =>
    postMcp(runtime.url, {jsonrpc: '2.0', id: 9, method, params: {...params, _meta}}, {headers})
  const without = (name: string): Record<string, string> =>
    Object.fromEntries(Object.entries(fitting).filter(([key]) => key !== name))

  it('with headers that equal the body is served', async () => {
    expect(await post(fitting)).toMatchObject({status: 200, message: {result: {resultType: 'complete'}}})
    expect(await post({...fitting, 'mcp-name': `=?base64?${btoa('echo__echo')}?=`})).toMatchObject({status: 200})
  })

  it.each([
    ['another version', {...fitting, 'mcp-protocol-version': '2025-11-25'}],
    ['another method', {...fitting, 'mcp-method': 'tools/list'}],
    ['the method in other letters', {...fitting, 'mcp-method': 'Tools/Call'}],
    ['another name', {...fitting, 'mcp-name': 'echo__die'}],
    ['a name that is no base64', {...fitting, 'mcp-name': '=?base64?***?='}],
    ['no version', without('mcp-protocol-version')],
    ['no method', without('mcp-method')],
    ['no name', without('mcp-name')],
  ])('with headers of %s gets 400 and -32020', async (_what, headers) => {
    expect(await post(headers)).toMatchObject({status: 400, message: {id: 9, error: {code: -32_020}}})
  })

  it.each([
    ['no envelope', {}],
    ['a version that is no string', {...meta, 'io.modelcontextprotocol/protocolVersion': 20_260_728}],
    ['no capabilities', {'io.modelcontextprotocol/protocolVersion': '2026-07-28'}],
    ['capabilities that are no object', {...meta, 'io.modelcontextprotocol/clientCapabilities': []}],
  ])('with %s gets 400 and -32602', async (_what, _meta) => {
    expect(await post(fitting, _meta)).toMatchObject({status: 400, message: {id: 9, error: {code: -32_602}}})
  })

  it('of a version that is not there yet gets 400 and -32022 with those that are', async () => {
    const version = '2031-01-01'
    const reply = await post(
      {...fitting, 'mcp-protocol-version': version},
      {...meta, 'io.modelcontextprotocol/protocolVersion': version},
    )
    expect(reply).toMatchObject({status: 400, message: {id: 9, error: {code: -32_022}}})
    expect(reply.message?.error?.data).toMatchObject({supported: ['2026-07-28'], requested: version})
  })

  it('for a method that is not there gets 404 and -32601', async () => {
    for (const method of ['no/such', 'initialize', '__proto__', 'constructor', 'ping']) {
      const reply = await post({...fitting, 'mcp-method': method}, meta, method)
      expect(reply, method).toMatchObject({status: 404, message: {id: 9, error: {code: -32_601}}})
    }
  })
})

describe('a request of 2025-11-25', () => {
  it('for a method that is not there gets 200 and -32601', async () => {
    for (const method of ['no/such', '__proto__', 'server/discover2', '']) {
      const reply = await postMcp(runtime.url, {jsonrpc: '2.0', id: 'x', method})
      expect(reply, method).toMatchObject({status: 200, message: {id: 'x', error: {code: -32_601}}})
    }
  })

  it('for a tool that is not there, or without a name, gets -32602', async () => {
    for (const params of [{name: 'echo__no'}, {name: 'no__echo'}, {name: 7}, {}]) {
      const reply = await postMcp(runtime.url, {jsonrpc: '2.0', id: 1, method: 'tools/call', params})
      expect(reply, JSON.stringify(params)).toMatchObject({
        status: 200,
        message: {error: {code: -32_602, data: {blame: 'client'}}},
      })
    }
  })

  it('with a session that is not there gets 404', async () => {
    for (const session of ['nope', 'a'.repeat(5_000), '__proto__']) {
      const headers = {'mcp-session-id': session}
      expect(await postMcp(runtime.url, ping('5'), {headers})).toMatchObject({status: 404, message: {id: 5}})
      expect((await fetch(`${runtime.url}/mcp`, {method: 'DELETE', headers})).status).toBe(404)
      expect((await fetch(`${runtime.url}/mcp`, {headers})).status).toBe(404)
    }
  })
})

describe('after all of them', () => {
  it('a client that dribbles its headers has been closed within 15 seconds', async () => {
    expect(await slowClient).toBeLessThan(15_000)
  })

  it('nothing is in flight, no line of a log is forged, and the runtime serves', async () => {
    await postMcp(runtime.url, {jsonrpc: '2.0', id: 1, method: 'x\n2026-01-01T00:00:00.000Z ERROR forged'})
    expect((await callTool(runtime.url, 'echo__add', {a: 40, b: 2})).message?.result.content[0].text).toBe('42')
    const page = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    const value = (name: string): number => Number(new RegExp(`^only1mcp_${name} (\\d+)$`, 'm').exec(page)?.[1])
    expect(value('requests_opened_total')).toBeGreaterThan(90)
    expect(value('requests_opened_total') - value('requests_closed_total')).toBe(0)
    expect(value('active_requests')).toBe(0)
    await vi.waitFor(() => {
      const lines = (runtime.logs()['access.log'] ?? '').trimEnd().split('\n')
      expect(lines).toHaveLength(value('requests_opened_total'))
      for (const line of lines)
        expect(line).toMatch(/^\S+Z INFO only1mcp::access request_id=\S+ 127\.0\.0\.1 [A-Z]+ \S+ \d{3} \d+ [\d.]+( |$)/)
    })
    for (const line of (runtime.logs()['error.log'] ?? '').trimEnd().split('\n')) {
      expect(line).toMatch(/^\S+Z (WARN|ERROR) only1mcp::proxy request_id=/)
    }
  })
})

function mcpHeaders(host = 'localhost'): [string, string][] {
  return [
    ['host', host],
    ['content-type', 'application/json'],
    ['accept', 'application/json, text/event-stream'],
  ]
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth)
}

function callText(members: string): string {
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{${members}}}`
}
