import {sseEvents} from '../../conformance/wire/sse-events.ts'
import type {Message} from './session-client.ts'

const meta = 'io.modelcontextprotocol'

export interface Round {
  readonly answer: Message
  readonly said: readonly Message[]
}

/** One request of a client of 2026-07-28 that declares these capabilities. */
export async function modernCall(
  url: string,
  method: string,
  params: Readonly<Record<string, unknown>>,
  capabilities: object = {},
  signal: AbortSignal = AbortSignal.timeout(15_000),
): Promise<Round> {
  const said: Message[] = []
  for await (const message of modernStream(url, method, params, capabilities, signal)) {
    if (message.method === undefined) return {answer: message, said}
    said.push(message)
  }
  throw new Error(`${method}: no answer`)
}

/** Everything that the response to such a request says. */
export async function* modernStream(
  url: string,
  method: string,
  params: Readonly<Record<string, unknown>>,
  capabilities: object,
  signal: AbortSignal,
): AsyncGenerator<Message> {
  const name = params.name ?? params.uri
  const headers = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(typeof name === 'string' && {'mcp-name': name}),
  }
  const _meta = {
    [`${meta}/protocolVersion`]: '2026-07-28',
    [`${meta}/clientInfo`]: {name: 'modern-client', version: '1'},
    [`${meta}/clientCapabilities`]: capabilities,
  }
  const body = JSON.stringify({jsonrpc: '2.0', id: 'same', method, params: {...params, _meta}})
  const response = await fetch(`${url}/mcp`, {method: 'POST', headers, body, signal})
  if (response.headers.get('content-type')?.startsWith('text/event-stream') && response.body) {
    for await (const {data} of sseEvents(response.body)) yield JSON.parse(data)
    return
  }
  const text = await response.text()
  if (text !== '') yield JSON.parse(text)
}
