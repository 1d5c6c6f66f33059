import {connect, createServer, type Server, type Socket} from 'node:net'
import {describe, expect, it, vi} from 'vitest'
import {defaultPool, type HttpPoolOptions} from '../../src/mcp/http-client.ts'
import {PlainHttpClient} from '../../src/mcp/plain-http-client.ts'
import {atEnd} from '../helpers/at-end.ts'
import {freePort} from '../helpers/free-port.ts'

interface Backend {
  readonly port: number
  readonly sockets: Socket[]
  readonly seen: string[]
}

/** A TCP server that hands what it reads to `answer`. */
async function listen(answer: (socket: Socket, text: string) => void): Promise<Backend> {
  const sockets: Socket[] = []
  const seen: string[] = []
  const server: Server = createServer(socket => {
    sockets.push(socket)
    socket.on('error', () => {}) // the client went away, as some tests want
    socket.on('data', data => {
      seen.push(data.toString('latin1'))
      answer(socket, data.toString('latin1'))
    })
  }).listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  atEnd(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {port: (server.address() as {port: number}).port, sockets, seen}
}

function clientOf(port: number, pool: Partial<HttpPoolOptions> = {}): PlainHttpClient {
  const client = new PlainHttpClient({
    origin: `http://127.0.0.1:${port}`,
    connectTimeoutMs: 300,
    pool: {...defaultPool, ...pool},
  })
  atEnd(() => client.destroy())
  return client
}

type Outcome = {readonly body: string; readonly status: number} | {readonly error: string; readonly written: boolean}

function send(client: PlainHttpClient, body = '{}', more?: Record<string, string>) {
  let abort = (): void => {}
  const outcome = new Promise<Outcome>(resolve => {
    let status = 0
    const chunks: Buffer[] = []
    const exchange = client.send(
      {method: 'POST', path: '/mcp', headers: {'x-a': 'b'}, ...(more && {more}), body: Buffer.from(body)},
      {
        head: code => {
          status = code
        },
        data: chunk => chunks.push(chunk),
        end: () => resolve({status, body: Buffer.concat(chunks).toString()}),
        failed: (error, written) => resolve({error: (error as {code?: string}).code ?? error.message, written}),
      },
    )
    abort = () => exchange.abort()
  })
  return {outcome, abort: () => abort()}
}

const hello = 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'

describe('plain HTTP', () => {
  it('sends one request after the other over one connection', async () => {
    const {port, sockets, seen} = await listen(socket => socket.write(hello))
    const client = clientOf(port)
    for (let count = 0; count < 3; count++) expect(await send(client).outcome).toEqual({status: 200, body: 'hello'})
    expect(sockets).toHaveLength(1)
    expect(seen[0]).toBe(`POST /mcp HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nx-a: b\r\ncontent-length: 2\r\n\r\n{}`)
  })

  it('never has more connections than it may, and serves those that wait in turn', async () => {
    const {port, sockets} = await listen(socket => setTimeout(() => socket.write(hello), 5))
    const client = clientOf(port, {maxConnections: 2})
    const all = await Promise.all(Array.from({length: 9}, () => send(client).outcome))
    expect(all).toEqual(Array.from({length: 9}, () => ({status: 200, body: 'hello'})))
    expect(sockets.length).toBeLessThanOrEqual(2)
  })

  it('does not use a connection again that is out of step', async () => {
    const answers = [`${hello}HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil`, hello]
    const {port, sockets} = await listen(socket => socket.write(answers.shift() ?? ''))
    const client = clientOf(port)
    expect(await send(client).outcome).toMatchObject({body: 'hello'})
    expect(await send(client).outcome).toMatchObject({body: 'hello'})
    expect(sockets).toHaveLength(2)
  })

  it('drops a connection on which the backend speaks unasked', async () => {
    const {port, sockets} = await listen(socket => socket.write(hello))
    const client = clientOf(port)
    await send(client).outcome
    sockets[0]?.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil')
    await vi.waitFor(() => expect(sockets[0]?.destroyed).toBe(true))
    expect(await send(client).outcome).toMatchObject({body: 'hello'})
  })

  it.each([
    ['ends', (socket: Socket) => void socket.destroy()],
    ['speaks', (socket: Socket) => void socket.write(hello.replace('hello', 'evils'))],
  ])('sends a request over another connection where its own %s before it has left', async (_, spoil) => {
    const {port, sockets, seen} = await listen(socket => socket.write(hello))
    const client = clientOf(port)
    await send(client).outcome
    const bell = connect(port, '127.0.0.1')
    atEnd(() => void bell.destroy())
    await vi.waitFor(() => expect(sockets).toHaveLength(2))
    const outcome = new Promise(resolve => bell.once('data', () => resolve(send(client).outcome)))
    // Both are ready in one turn of the loop: the request is made in the first, and leaves at the end of the turn.
    sockets[1]?.write('ring')
    if (sockets[0]) spoil(sockets[0])
    expect(await outcome).toEqual({status: 200, body: 'hello'})
    expect(seen).toHaveLength(2)
    expect(sockets).toHaveLength(3)
  })

  it('tells what was never sent from what may have arrived', async () => {
    const dead = clientOf(await freePort())
    expect(await send(dead).outcome).toEqual({error: 'ECONNREFUSED', written: false})
    const {port} = await listen(socket => socket.destroy())
    expect(await send(clientOf(port)).outcome).toMatchObject({written: true})
    const half = await listen(socket => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhe'))
    expect(await send(clientOf(half.port)).outcome).toEqual({error: 'CLOSED_EARLY', written: true})
  })

  it('never reuses a connection that the backend says it will have closed by then', async () => {
    const {port, sockets} = await listen(socket =>
      socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 5\r\n\r\nhello'),
    )
    const client = clientOf(port)
    await send(client).outcome
    await send(client).outcome
    expect(sockets).toHaveLength(2)
  })

  it('lets unused connections go, and keeps as many ready as it is told', async () => {
    const {port, sockets} = await listen(socket => socket.write(hello))
    const client = clientOf(port, {maxIdleMs: 50, validationMs: 20, minIdle: 2})
    await vi.waitFor(() => expect(sockets).toHaveLength(2))
    await vi.waitFor(() => expect(sockets.filter(({destroyed}) => destroyed).length).toBeGreaterThan(1))
    await vi.waitFor(() => expect(sockets.filter(({destroyed}) => !destroyed)).toHaveLength(2))
    expect(await send(client).outcome).toMatchObject({body: 'hello'})
  })

  it('forgets an aborted request, waiting or under way', async () => {
    const {port, sockets, seen} = await listen((socket, text) => {
      if (!text.includes('slow')) socket.write(hello)
    })
    const client = clientOf(port, {maxConnections: 1})
    const slow = send(client, '"slow"')
    const waiting = send(client, '"never sent"')
    const last = send(client)
    await vi.waitFor(() => expect(seen.join('')).toContain('slow'))
    waiting.abort()
    slow.abort()
    expect(await last.outcome).toMatchObject({body: 'hello'})
    expect(seen.join('')).not.toContain('never sent')
    expect(sockets).toHaveLength(2)
  })

  it('fails what waits and what is under way when it is closed', async () => {
    const {port} = await listen(() => {})
    const client = clientOf(port, {maxConnections: 1})
    const held = send(client)
    const late = send(client)
    await client.destroy()
    expect(await held.outcome).toMatchObject({error: 'CLOSED_EARLY'})
    expect(await late.outcome).toEqual({error: 'CLOSED_EARLY', written: false})
  })

  it.each([{'x-b': 'c\r\nx-evil: 1'}, {'x-b': 'c\0'}, {'x b': 'c'}, {'x-b': 'ä→'}])(
    'refuses the header %j before anything is sent',
    async more => {
      const {port, sockets} = await listen(socket => socket.write(hello))
      expect(await send(clientOf(port), '{}', more as unknown as Record<string, string>).outcome).toEqual({
        error: 'BAD_REQUEST',
        written: false,
      })
      expect(sockets).toHaveLength(0)
    },
  )

  it('sends large bodies and reads large answers whole', async () => {
    const large = 'x'.repeat(300_000)
    let got = ''
    const {port} = await listen((socket, text) => {
      got += text
      if (got.length >= large.length) socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${large.length}\r\n\r\n${large}`)
    })
    expect(await send(clientOf(port), large).outcome).toEqual({status: 200, body: large})
    expect(got.endsWith(large)).toBe(true)
  })
})
