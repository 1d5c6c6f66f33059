/**
 * The reference subject: a proxy of one tool from the official SDK, server and client, stateless, as its documentation
 * shows. `node sdk-proxy.mjs <backend url> <port>`.
 */
import {createServer} from 'node:http'
import {Client, StreamableHTTPClientTransport} from '@modelcontextprotocol/client'
import {toNodeHandler} from '@modelcontextprotocol/node'
import {createMcpHandler, Server} from '@modelcontextprotocol/server'

const client = new Client({name: 'sdk-proxy', version: '1.0.0'})
await client.connect(new StreamableHTTPClientTransport(new URL(process.argv[2])))

const handler = createMcpHandler(() => {
  const server = new Server({name: 'sdk-proxy', version: '1.0.0'}, {capabilities: {tools: {}}})
  server.setRequestHandler('tools/list', () => client.listTools())
  server.setRequestHandler('tools/call', request => client.callTool(request.params))
  return server
})
const http = createServer(toNodeHandler(handler))
http.listen(Number(process.argv[3]), '127.0.0.1')
