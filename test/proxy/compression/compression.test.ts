import http from 'node:http'
import {brotliDecompressSync, gunzipSync, gzipSync, zstdDecompressSync} from 'node:zlib'
import {describe, expect, test} from 'vitest'
import {acceptedCoding} from '../../../src/proxy/compression/accept-encoding.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'

const start = (compression: object): Promise<StartedRuntime> =>
  startRuntime({
    servers: [{...stdioServer('echo', 'echo.mjs'), prefix: ''}],
    context_optimization: {compression: {enabled: true, ...compression}},
  })

interface Raw {
  readonly status: number | undefined
  readonly headers: http.IncomingHttpHeaders
  readonly body: Buffer
}

/** Without a client library that undoes the compression. */
function send(url: string, headers: http.OutgoingHttpHeaders, body?: Buffer | string, method = 'POST'): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, {method, headers: {'content-type': 'application/json', ...headers}}, response => {
      const chunks: Buffer[] = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () =>
        resolve({status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks)}),
      )
    })
    request.on('error', reject)
    request.end(body)
  })
}

const big = (bytes: number): string =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 7,
    method: 'tools/call',
    params: {
      name: 'big',
      arguments: {bytes},
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': {name: 'raw', version: '1'},
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  })
const modern = {'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/call', 'mcp-name': 'big'}

describe('answers', () => {
  test.each([
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
    ['zstd', zstdDecompressSync],
  ])('leave as %s where the client takes it, and as they are where it does not', async (algorithm, undo) => {
    const {url} = await start({algorithm, min_size: 1024})
    const headers = {...modern, 'accept-encoding': `identity;q=0.5, ${algorithm}`}
    const plain = await send(`${url}/mcp`, modern, big(5000))
    expect(plain.headers).toMatchObject({vary: 'Accept-Encoding', 'content-length': String(plain.body.length)})
    expect(plain.headers['content-encoding']).toBeUndefined()
    const small = await send(`${url}/mcp`, headers, big(5000))
    expect(small.headers).toMatchObject({vary: 'Accept-Encoding', 'content-encoding': algorithm})
    expect(small.body.length).toBeLessThan(1000)
    expect(undo(small.body)).toEqual(plain.body)
    expect((await send(`${url}/mcp`, headers, big(10))).headers['content-encoding']).toBeUndefined()
    const many = await Promise.all(Array.from({length: 30}, () => send(`${url}/mcp`, headers, big(20_000))))
    for (const {headers: got, body} of many) {
      expect(JSON.parse(String(got['content-encoding'] === undefined ? body : undo(body))).id).toBe(7)
    }
  })

  test('to HEAD have the head of the answer to GET and no body', async () => {
    const {url} = await start({min_size: 1})
    const [got, head] = [
      await send(`${url}/health`, {'accept-encoding': 'gzip'}, undefined, 'GET'),
      await send(`${url}/health`, {'accept-encoding': 'gzip'}, undefined, 'HEAD'),
    ]
    expect(head.body.length).toBe(0)
    expect(head.headers['content-encoding']).toBe('gzip')
    expect(head.headers['content-length']).toBe(got.headers['content-length'])
  })
})

test('a compressed request is refused with 415', async () => {
  const {url} = await startRuntime()
  const refused = await send(`${url}/mcp`, {'content-encoding': 'gzip'}, gzipSync(big(1)))
  expect(refused.status).toBe(415)
})

test.each([
  [undefined, undefined, false],
  ['', undefined, false],
  ['gzip', 'gzip', false],
  ['GZIP', 'gzip', false],
  ['x-gzip;q=0.1', 'gzip', false],
  ['zstd;q=0, *', 'br', false],
  ['gzip;q=0', undefined, false],
  ['gzip;q=0.5, br;q=0.8', 'br', false],
  ['identity, gzip;q=0.5', undefined, false],
  ['identity;q=0, gzip', 'gzip', true],
  ['*;q=0', undefined, true],
  ['gzip;q=nonsense', undefined, false],
  ['gzip, deflate, br, zstd', 'zstd', false],
])('Accept-Encoding %s takes %s', (header, coding, refusesPlain) => {
  expect(acceptedCoding(header, ['zstd', 'br', 'gzip'])).toEqual({coding, refusesPlain})
})
