import {readFileSync} from 'node:fs'
import https from 'node:https'
import {type AddressInfo, createServer} from 'node:net'
import {beforeAll, describe, expect, it, vi} from 'vitest'
import {defaultPool, type HttpHead, type TlsIdentity} from '../../src/mcp/http-client.ts'
import {TlsHttpClient} from '../../src/mcp/tls-http-client.ts'
import {type CertificateFiles, TestAuthority} from '../auth/certificates.ts'
import {atEnd} from '../helpers/at-end.ts'
import {freePort} from '../helpers/free-port.ts'
import {findBinary} from '../helpers/missing-binary.ts'

interface Outcome {
  readonly status?: number
  readonly headers?: HttpHead
  readonly chunks: string[]
  readonly error?: Error
  readonly written?: boolean
}

function send(client: TlsHttpClient, body = '{}', more?: Record<string, string>) {
  const chunks: string[] = []
  const told = vi.fn<(what: string) => void>()
  const outcome = Promise.withResolvers<Outcome>()
  const head: {status?: number; headers?: HttpHead} = {}
  const exchange = client.send(
    {method: 'POST', path: '/mcp', headers: {'x-a': 'b'}, more, body: Buffer.from(body)},
    {
      head: (status, headers) => {
        told('head')
        Object.assign(head, {status, headers})
      },
      data: chunk => {
        told('data')
        chunks.push(chunk.toString())
      },
      end: () => {
        told('end')
        outcome.resolve({...head, chunks})
      },
      failed: (error, written) => {
        told('failed')
        outcome.resolve({...head, chunks, error, written})
      },
    },
  )
  return {outcome: outcome.promise, exchange, told}
}

describe.skipIf(findBinary('openssl') === undefined)('HTTP over TLS', () => {
  let identity: TlsIdentity
  let files: CertificateFiles

  beforeAll(() => {
    const authority = new TestAuthority()
    files = authority.issue()
    identity = {ca: readFileSync(authority.ca.cert)}
  })

  async function serve(handler: https.ServerOptions & {answer: Parameters<typeof https.createServer>[1]}) {
    const {answer, ...options} = handler
    const server = https.createServer(
      {cert: readFileSync(files.cert), key: readFileSync(files.key), ...options},
      answer,
    )
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    atEnd(() => {
      server.close()
      server.closeAllConnections()
    })
    return {server, port: (server.address() as AddressInfo).port}
  }

  function clientOf(port: number, tls: (() => TlsIdentity) | undefined = () => identity): TlsHttpClient {
    const origin = `https://127.0.0.1:${port}`
    const client = new TlsHttpClient({origin, connectTimeoutMs: 500, pool: {...defaultPool, maxConnections: 1}, tls})
    atEnd(() => client.destroy())
    return client
  }

  it('sends method, path, body and both kinds of headers over one connection', async () => {
    const seen: unknown[] = []
    let connections = 0
    const {server, port} = await serve({
      answer: async (request, response) => {
        const chunks: Buffer[] = []
        for await (const chunk of request) chunks.push(chunk as Buffer)
        const {'x-a': a, 'x-b': b} = request.headers
        seen.push([request.method, request.url, a, b, Buffer.concat(chunks).toString()])
        response.writeHead(200, {'x-back': 'yes'}).end('hello')
      },
    })
    server.on('secureConnection', () => connections++)
    const client = clientOf(port)
    expect(await send(client, '{"a":1}', {'x-b': 'c'}).outcome).toMatchObject({
      status: 200,
      headers: {'x-back': 'yes'},
      chunks: ['hello'],
    })
    await send(client).outcome
    expect(seen).toEqual([
      ['POST', '/mcp', 'b', 'c', '{"a":1}'],
      ['POST', '/mcp', 'b', undefined, '{}'],
    ])
    expect(connections).toBe(1)
  })

  it('hands on each piece of a chunked answer as it comes', async () => {
    const next = Promise.withResolvers<void>()
    const {port} = await serve({
      answer: async (_, response) => {
        response.writeHead(200, {'content-type': 'text/event-stream'})
        response.write('one')
        await next.promise
        response.end('two')
      },
    })
    const {outcome, told} = send(clientOf(port))
    await vi.waitFor(() => expect(told.mock.calls).toEqual([['head'], ['data']]))
    next.resolve()
    expect((await outcome).chunks).toEqual(['one', 'two'])
  })

  it('aborts on its way, and tells nothing more', async () => {
    const closed = Promise.withResolvers<void>()
    const {port} = await serve({
      answer: (request, response) => {
        response.writeHead(200).write('some')
        request.socket.once('close', () => closed.resolve())
      },
    })
    const {exchange, told} = send(clientOf(port))
    await vi.waitFor(() => expect(told).toHaveBeenCalledWith('data'))
    exchange.abort()
    await closed.promise
    exchange.abort()
    expect(told.mock.calls).toEqual([['head'], ['data']])
  })

  it('aborts before its turn, and is never sent', async () => {
    const seen: string[] = []
    const first = Promise.withResolvers<void>()
    const {port} = await serve({
      answer: async (request, response) => {
        for await (const chunk of request) seen.push(String(chunk))
        await first.promise
        response.end()
      },
    })
    const client = clientOf(port)
    const one = send(client, 'one')
    const two = send(client, 'two')
    const three = send(client, 'three')
    two.exchange.abort()
    first.resolve()
    await Promise.all([one.outcome, three.outcome])
    expect(seen).toEqual(['one', 'three'])
    expect(two.told).not.toHaveBeenCalled()
  })

  it('says that nothing was written where nobody listens', async () => {
    const {error} = await send(clientOf(await freePort())).outcome
    expect(error).toMatchObject({code: 'ECONNREFUSED'})
  })

  it('says that it was written where the connection breaks before the answer', async () => {
    const {port} = await serve({answer: request => request.socket.destroy()})
    expect(await send(clientOf(port)).outcome).toMatchObject({written: true, error: expect.any(Error)})
  })

  it('fails what is under way when it is destroyed', async () => {
    const {port} = await serve({answer: (_, response) => void response.writeHead(200).write('x')})
    const client = clientOf(port)
    const {outcome, told} = send(client)
    await vi.waitFor(() => expect(told).toHaveBeenCalledWith('data'))
    await client.destroy()
    expect((await outcome).error).toBeInstanceOf(Error)
  })

  it('gives up on one that does not speak TLS', async () => {
    const server = createServer(socket => socket.end('220 hello\r\n')).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    atEnd(() => void server.close())
    const {error, written} = await send(clientOf((server.address() as AddressInfo).port)).outcome
    expect(error?.message).toMatch(/wrong version|packet length|record/i)
    expect(written).toBe(false)
  })

  it('asks who we are at each connection, and fails with what that says', async () => {
    const {port} = await serve({answer: (_, response) => void response.writeHead(200, {connection: 'close'}).end('ok')})
    const asked = vi.fn<() => TlsIdentity>(() => identity)
    const client = clientOf(port, asked)
    await send(client).outcome
    await send(client).outcome
    expect(asked).toHaveBeenCalledTimes(2)
    const why = new Error('the CA is gone')
    asked.mockImplementation(() => {
      throw why
    })
    const {error, written} = await send(client).outcome
    expect(error).toBe(why)
    expect(written).toBe(false)
  })
})
