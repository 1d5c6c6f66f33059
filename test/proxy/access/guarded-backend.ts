import http from 'node:http'
import https from 'node:https'
import type {AddressInfo} from 'node:net'
import {atEnd} from '../../helpers/at-end.ts'

export interface Came {
  readonly method: string
  readonly rpc: string | undefined
  readonly authorization: string | undefined
  /** Common name of the client's certificate. */
  readonly client: string | undefined
}

export interface GuardedBackend {
  readonly endpoint: string
  readonly sseEndpoint: string
  readonly came: Came[]
  /** Requests with another `Authorization` are answered with 401; undefined lets all in. */
  accepts: ((authorization: string | undefined) => boolean) | undefined
  /** What a tools/call is answered with, when it is not the usual. */
  onCall: ((response: http.ServerResponse, came: Came, id: unknown) => void) | undefined
  /** Changes the certificate of new connections. */
  readonly server: https.Server | http.Server
}

/** A legacy MCP server (Streamable HTTP at /mcp, HTTP+SSE at /sse) that looks at who comes. With `tls` over TLS. */
export async function startGuardedBackend(tls?: https.ServerOptions, host = '127.0.0.1'): Promise<GuardedBackend> {
  const streams = new Set<http.ServerResponse>()
  const handler = async (request: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const text = Buffer.concat(chunks).toString()
    const message = text === '' ? undefined : JSON.parse(text)
    const peer = 'getPeerCertificate' in request.socket ? (request.socket as never as PeerSocket) : undefined
    const came: Came = {
      method: request.method ?? '',
      rpc: message?.method,
      authorization: request.headers.authorization,
      client: peer?.getPeerCertificate().subject?.CN,
    }
    backend.came.push(came)
    if (backend.accepts?.(came.authorization) === false) {
      response.writeHead(401, {'www-authenticate': 'Bearer error="invalid_token"'})
      return void response.end(`who is ${came.authorization}?`)
    }
    const path = request.url ?? ''
    if (path === '/sse') {
      streams.add(response)
      response.writeHead(200, {'content-type': 'text/event-stream'})
      return void response.write('event: endpoint\ndata: /messages\n\n')
    }
    if (request.method === 'GET') return void response.writeHead(path === '/live' ? 200 : 405).end()
    if (message?.method === 'server/discover') return void response.writeHead(400).end('no')
    if (message?.id === undefined) return void response.writeHead(202).end()
    if (message.method === 'tools/call' && backend.onCall) return backend.onCall(response, came, message.id)
    const answer = JSON.stringify({jsonrpc: '2.0', id: message.id, result: resultOf(message.method)})
    if (path === '/messages') {
      response.writeHead(202).end()
      for (const stream of streams) stream.write(`event: message\ndata: ${answer}\n\n`)
      return
    }
    response.writeHead(200, {'content-type': 'application/json'}).end(answer)
  }
  const server = tls === undefined ? http.createServer(handler) : https.createServer(tls, handler)
  server.listen(0, '127.0.0.1')
  await new Promise(resolve => server.once('listening', resolve))
  atEnd(() => {
    server.close()
    server.closeAllConnections()
  })
  const origin = `${tls === undefined ? 'http' : 'https'}://${host}:${(server.address() as AddressInfo).port}`
  const backend: GuardedBackend = {
    endpoint: `${origin}/mcp`,
    sseEndpoint: `${origin}/sse`,
    came: [],
    accepts: undefined,
    onCall: undefined,
    server,
  }
  return backend
}

interface PeerSocket {
  getPeerCertificate(): {readonly subject?: {readonly CN?: string}}
}

function resultOf(method: string): object {
  if (method === 'initialize')
    return {protocolVersion: '2025-06-18', capabilities: {tools: {}}, serverInfo: {name: 'guarded', version: '1'}}
  if (method === 'tools/list') return {tools: [{name: 'act', inputSchema: {type: 'object'}}]}
  return {content: [{type: 'text', text: 'done'}]}
}
