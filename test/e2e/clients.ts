import {
  Client as NewClient,
  StreamableHTTPClientTransport as NewHttp,
  type VersionNegotiationMode,
} from '@modelcontextprotocol/client'
import {Client} from '@modelcontextprotocol/sdk/client/index.js'
import {StdioClientTransport} from '@modelcontextprotocol/sdk/client/stdio.js'
import {StreamableHTTPClientTransport} from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type {Transport} from '@modelcontextprotocol/sdk/shared/transport.js'
import {ListRootsRequestSchema} from '@modelcontextprotocol/sdk/types.js'
import {packageRoot} from '../helpers/package-root.ts'

/** What the tests ask of a client, whichever SDK it is of. */
export interface ToolClient {
  list(): Promise<readonly {readonly name: string}[]>
  call(name: string, args: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>
  close(): Promise<void>
}

const who = {name: 'test', version: '1'}

/** SDK v1 over Streamable HTTP. */
export async function connectV1(url: string): Promise<ToolClient> {
  const client = new Client(who)
  // The transport's own type misses exactOptionalPropertyTypes.
  await client.connect(new StreamableHTTPClientTransport(new URL(url)) as Transport)
  return toolClient(client)
}

/** SDK v2 over Streamable HTTP, in the era that `mode` leads to. */
export async function connectV2(
  url: string,
  mode: VersionNegotiationMode,
): Promise<ToolClient & {readonly protocolVersion: string | undefined}> {
  const client = new NewClient(who, {versionNegotiation: {mode}})
  await client.connect(new NewHttp(new URL(url)))
  return {...toolClient(client), protocolVersion: client.getNegotiatedProtocolVersion()}
}

/** SDK v1 with a stdio server of its own; roots are declared, and there are none, as the runtime does it. */
export async function connectDirect(args: readonly string[], env: Record<string, string> = {}): Promise<ToolClient> {
  const client = new Client(who, {capabilities: {roots: {listChanged: false}}})
  client.setRequestHandler(ListRootsRequestSchema, () => ({roots: []}))
  const {PATH = ''} = process.env
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [...args],
      cwd: packageRoot,
      env: {PATH, ...env},
      stderr: 'ignore',
    }),
  )
  return toolClient(client)
}

function toolClient(client: Client | NewClient): ToolClient {
  return {
    list: async () => (await client.listTools()).tools,
    call: async (name, args) => client.callTool({name, arguments: {...args}}),
    close: () => client.close(),
  }
}
