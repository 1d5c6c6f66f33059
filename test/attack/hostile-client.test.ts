import http from 'node:http'
import {type AddressInfo, connect, type Socket} from 'node:net'
import {describe, expect, it, vi} from 'vitest'
import {readBody} from '../../src/proxy/read-body.ts'
import {BatchPart} from '../../src/proxy/reply.ts'
import {SlowReaders} from '../../src/proxy/slow-readers.ts'
import {createWireGuard} from '../../src/proxy/wire-guard.ts'
import {atEnd} from '../helpers/at-end.ts'
import {stdioServer} from '../helpers/backends.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {initialize, post} from './post.ts'

const ping = (id: number) => ({jsonrpc: '2.0', id, method: 'ping'})

describe('what Node parses and we do not speak', () => {
  it.each([
    ['a coding before chunked', {'transfer-encoding': 'gzip, chunked'}, 1, 501],
    ['a compressed body', {'content-encoding': 'gzip'}, 1, 415],
    ['HTTP/2.0 as text', {}, 2, 505],
    ['a port that does not exist', {host: 'localhost:99999'}, 1, 403],
    ['chunked', {'transfer-encoding': 'chunked'}, 1, undefined],
  ])('%s is %s answered with %s', (_, headers, httpVersionMajor, status) => {
    const guard = createWireGuard({listenHost: '127.0.0.1', allowedHosts: [], allowedOrigins: []})
    const request = {url: '/mcp', headers: {host: 'localhost', ...headers}, rawHeaders: [], httpVersionMajor}
    expect(guard(request as unknown as Parameters<typeof guard>[0])?.status).toBe(status)
  })
})

it('a transfer coding in HTTP/1.0, whose end a proxy on the way may have seen elsewhere, is refused', () => {
  const guard = createWireGuard({listenHost: '127.0.0.1', allowedHosts: [], allowedOrigins: []})
  const headers = {host: 'localhost', 'transfer-encoding': 'chunked'}
  const status = (httpVersionMinor: number) => {
    const request = {url: '/mcp', headers, rawHeaders: [], httpVersionMajor: 1, httpVersionMinor}
    return guard(request as unknown as Parameters<typeof guard>[0])?.status
  }
  expect([status(0), status(1)]).toEqual([400, undefined])
})

describe('a hostile client', () => {
  it('gets no batch answered whose answers together could fill the memory', async () => {
    const {url} = await startRuntime()
    const {sessionId = ''} = await post(url, initialize('2025-03-26'))
    const batch = (size: number) =>
      post(url, [...Array(size).keys()].map(ping), {'mcp-session-id': sessionId, 'mcp-protocol-version': '2025-03-26'})
    expect((await batch(100)).status).toBe(200)
    expect((await batch(101)).status).toBe(400)
  })

  it('opens a session with a client name that is no text, and with megabytes of capabilities', async () => {
    const {url} = await startRuntime()
    const message = initialize('2025-11-25', {elicitation: {}, experimental: {x: 'x'.repeat(2 << 20)}})
    const named = {...message, params: {...Reflect.get(message, 'params'), clientInfo: {name: {toString: 1}}}}
    expect((await post(url, named)).sessionId).toMatch(/^[\w.-]{32,512}$/)
  })

  it('cannot fill the memory with bodies that never end: others are told to come back later', async () => {
    const budget = {maxBytes: 3_000_000, heldBytes: 0}
    const states: string[] = []
    const server = http.createServer(async (request, response) => {
      states.push((await readBody(request, 2_000_000, budget)).state)
      response.end()
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    atEnd(() => void server.close())
    const {port} = server.address() as AddressInfo
    const open = (bytes: number) => {
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      socket.write(`POST / HTTP/1.1\r\nHost: x\r\ncontent-length: 1900000\r\n\r\n${' '.repeat(bytes)}`)
      return socket
    }
    const held = open(1_800_000)
    await vi.waitFor(() => expect(budget.heldBytes).toBe(1_800_000))
    const refused = open(1_900_000)
    await vi.waitFor(() => expect(states).toEqual(['no-room']))
    expect(budget.heldBytes).toBe(1_800_000)
    held.destroy()
    await vi.waitFor(() => expect(states).toEqual(['no-room', 'aborted']))
    const taken = open(1_900_000)
    await vi.waitFor(() => expect(states).toEqual(['no-room', 'aborted', 'read']))
    expect(budget.heldBytes).toBe(0)
    for (const socket of [refused, taken]) socket.destroy()
  })

  it('cannot have a thousand requests of one connection started at once by sending them ahead', async () => {
    const {url, metricsUrl} = await startRuntime({servers: [stdioServer('e', 'echo.mjs')]})
    const slow = JSON.stringify({
      ...{jsonrpc: '2.0', id: 1, method: 'tools/call'},
      params: {name: 'e__slow', arguments: {ms: 60_000}},
    })
    const head = `POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${slow.length}\r\n\r\n`
    const ended = (count: number): Promise<boolean> =>
      new Promise(resolve => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1')
        atEnd(() => void socket.destroy())
        socket.on('error', () => {}).on('close', () => resolve(true))
        socket.write((head + slow).repeat(count))
        setTimeout(() => resolve(false), 1500)
      })
    const active = async (): Promise<string | undefined> =>
      /^only1mcp_active_requests (\d+)$/m.exec(await (await fetch(`${metricsUrl}/metrics`)).text())?.[1]
    expect(await Promise.all([ended(1000), ended(10)])).toEqual([true, false])
    expect(await active()).toBe('10')
  })

  it('gets one answer at a time from the ports beside the traffic, and is cut off where it asks ahead', async () => {
    const {metricsUrl, record} = await startRuntime()
    const places = [
      {path: record.socket, ask: 'GET /v1/snapshot HTTP/1.1\r\nHost: x\r\n\r\n'},
      {port: record.metricsPort ?? 0, ask: 'GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n'},
    ]
    for (const {ask, ...place} of places) {
      const ended = new Promise<string>(resolve => {
        const socket = connect(place as {path: string})
        atEnd(() => void socket.destroy())
        socket
          .on('error', () => {})
          .on('close', () => resolve('ended'))
          .resume()
        socket.write(ask.repeat(1000))
        setTimeout(() => resolve('open'), 3000)
      })
      expect(await ended).toBe('ended')
    }
    expect((await fetch(`${metricsUrl}/metrics`)).status).toBe(200)
  })

  it('that reads nothing of its large answer is cut off in time, and at once where many hold too much', async () => {
    let now = 0
    const cutOff: number[] = []
    const readers = new SlowReaders({now: () => now, onCutOff: count => cutOff.push(count), maxUnreadBytes: 60_000_000})
    atEnd(() => readers.stop())
    const size = 25_000_000
    const server = http.createServer((_, response) => response.end(Buffer.alloc(size)))
    server.on('connection', readers.watch)
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    atEnd(() => void server.close())
    const {port} = server.address() as AddressInfo
    const holding = async (): Promise<() => boolean> => {
      let gone = false
      const socket = connect(port, '127.0.0.1').on('error', () => {})
      atEnd(() => void socket.destroy())
      const served = new Promise(resolve =>
        server.once('connection', (side: Socket) => {
          side.once('close', () => {
            gone = true
          })
          resolve(vi.waitFor(() => expect(side.writableLength).toBeGreaterThan(0)))
        }),
      )
      socket.pause().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
      await served
      return () => gone
    }
    const first = await holding()
    readers.look()
    now = 100_000
    const second = await holding()
    readers.look()
    expect(first()).toBe(false)
    now = 30_000 + size / 32 + 1000
    readers.look()
    await vi.waitFor(() => expect(first()).toBe(true))
    expect(second()).toBe(false)
    const [third, fourth] = [await holding(), await holding()]
    readers.look()
    await vi.waitFor(() => expect(second()).toBe(true))
    expect([third(), fourth()]).toEqual([false, false])
    expect(cutOff).toEqual([1, 1])
  })

  it('finds no secret of a URI that it asked for in any log, however much is logged', async () => {
    const secret = 'CANARY-51ab3c'
    const runtime = await startRuntime({
      servers: [stdioServer('lib', 'library.mjs')],
      observability: {logging: {level: 'trace'}},
    })
    const uri = `lib+http://user:${secret}@host/x?page=1&token=${secret}`
    await post(runtime.url, {jsonrpc: '2.0', id: 1, method: 'resources/read', params: {uri}})
    await vi.waitFor(() => expect(runtime.logs()['access.log']).toContain('page=1&token=***'))
    expect(Object.values(runtime.logs()).join('')).not.toContain(secret)
  })

  it('cannot fill the memory with answers of a batch that wait for each other', () => {
    const budget = {maxBytes: 10, heldBytes: 0}
    const parts = [new BatchPart(budget), new BatchPart(budget), new BatchPart(budget)]
    for (const part of parts) part.end(200, Buffer.alloc(4))
    expect(parts.map(part => part.dropped)).toEqual([false, false, true])
    for (const part of parts) part.free()
    expect(budget.heldBytes).toBe(0)
  })
})
