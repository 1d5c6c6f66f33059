/** What came back of one POST. */
export interface McpReply {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The JSON-RPC answer: the document, or the last message of an event stream; undefined where there is none. */
  readonly message: McpMessage | undefined
}

export interface McpMessage {
  readonly id?: unknown
  // biome-ignore lint/suspicious/noExplicitAny: a test looks for what it expects, and fails where that is not
  readonly result?: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly error?: {readonly code: number; readonly message: string; readonly data?: any}
}

export interface PostOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

const modernVersion = '2026-07-28'
const modernMeta = {
  'io.modelcontextprotocol/protocolVersion': modernVersion,
  'io.modelcontextprotocol/clientInfo': {name: 'test', version: '1'},
  'io.modelcontextprotocol/clientCapabilities': {},
}

/** One POST to `<url>/mcp`; an object is sent as JSON, text and bytes as they are. 15 s, then it throws. */
export async function postMcp(
  url: string,
  body: object | string | Uint8Array<ArrayBuffer>,
  options: PostOptions = {},
): Promise<McpReply> {
  const response = await fetch(`${url}/mcp`, {
    method: 'POST',
    headers: {'content-type': 'application/json', accept: 'application/json, text/event-stream', ...options.headers},
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
    signal: options.signal ?? AbortSignal.timeout(15_000),
  })
  const text = await response.text()
  return {status: response.status, headers: response.headers, text, message: messageIn(text)}
}

/** A well-formed request of 2026-07-28, headers included. */
export function postModern(
  url: string,
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  options: PostOptions = {},
): Promise<McpReply> {
  const name = params.name ?? params.uri
  const headers = {
    'mcp-protocol-version': modernVersion,
    'mcp-method': method,
    ...(typeof name === 'string' && {'mcp-name': name}),
    ...options.headers,
  }
  return postMcp(url, {jsonrpc: '2.0', id: 1, method, params: {...params, _meta: modernMeta}}, {...options, headers})
}

/** Calls a tool as a client of 2026-07-28. */
export function callTool(
  url: string,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  options?: PostOptions,
): Promise<McpReply> {
  return postModern(url, 'tools/call', {name, arguments: args}, options)
}

function messageIn(text: string): McpMessage | undefined {
  const data = text.startsWith('{')
    ? text
    : text
        .match(/^data: ?(.*)$/gm)
        ?.at(-1)
        ?.replace(/^data: ?/, '')
  return data === undefined ? undefined : (JSON.parse(data) as McpMessage)
}
