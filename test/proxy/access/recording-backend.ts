import http, {type IncomingHttpHeaders} from 'node:http'
import type {AddressInfo} from 'node:net'
import {atEnd} from '../../helpers/at-end.ts'

export interface RecordingBackend {
  readonly endpoint: string
  /** The headers of every request that came. */
  readonly seen: IncomingHttpHeaders[]
}

/** A legacy MCP server with the tool `ping` that remembers what it was sent. @param status asked before each answer */
export async function startRecordingBackend(
  status: (headers: IncomingHttpHeaders) => number = () => 200,
): Promise<RecordingBackend> {
  const seen: IncomingHttpHeaders[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    seen.push(request.headers)
    const refused = status(request.headers)
    if (refused !== 200) return response.writeHead(refused).end()
    const {id, method} = JSON.parse(Buffer.concat(chunks).toString() || '{}') as {id?: unknown; method?: string}
    if (id === undefined) return response.writeHead(202).end()
    const tool = {name: 'ping', inputSchema: {type: 'object'}}
    const results: Readonly<Record<string, object>> = {
      initialize: {protocolVersion: '2025-11-25', capabilities: {tools: {}}, serverInfo: {name: 'r', version: '1'}},
      'tools/list': {tools: [tool]},
      'tools/call': {content: [{type: 'text', text: 'pong'}]},
    }
    const result = results[method ?? '']
    const answer = result === undefined ? {error: {code: -32601, message: 'Method not found'}} : {result}
    response.writeHead(200, {'content-type': 'application/json'}).end(JSON.stringify({jsonrpc: '2.0', id, ...answer}))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  atEnd(
    () =>
      new Promise<void>(resolve => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  return {endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`, seen}
}
