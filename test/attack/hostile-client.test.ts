import http from 'node:http'
import {type AddressInfo, connect} from 'node:net'
import {describe, expect, it, vi} from 'vitest'
import {readBody} from '../../src/proxy/read-body.ts'
import {createWireGuard} from '../../src/proxy/wire-guard.ts'
import {atEnd} from '../helpers/at-end.ts'
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
})
