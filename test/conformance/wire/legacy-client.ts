/**
 * Clients of the revisions with a handshake, each in its own wire form on Streamable HTTP: the protocol version header
 * since 2025-06-18, sessions in all, cancel by notification.
 */
import {
  answerOf,
  type LegacyRevision,
  type RpcMessage,
  responseMessages,
  type WireClient,
  watchMessages,
} from './wire-client.ts'

export interface LegacyClient extends WireClient {
  /** One POST with several messages, as 2025-03-26 allows; the answers in the order they came. */
  batch(messages: readonly RpcMessage[]): Promise<RpcMessage[]>
}

const withVersionHeader: readonly LegacyRevision[] = ['2025-06-18', '2025-11-25']

/** @throws Error when the server negotiates another revision */
export async function openLegacyClient(url: string, revision: LegacyRevision): Promise<LegacyClient> {
  const headers = new Headers({'content-type': 'application/json', accept: 'application/json, text/event-stream'})
  let lastId = 0
  const post = (body: unknown, signal?: AbortSignal) =>
    fetch(url, {method: 'POST', headers, body: JSON.stringify(body), ...(signal && {signal})})
  const notify = async (method: string, params?: Record<string, unknown>) => {
    const response = await post({jsonrpc: '2.0', method, ...(params && {params})})
    if (response.status !== 202) throw new Error(`${method}: HTTP ${response.status}, 202 is due`)
    await response.arrayBuffer()
  }

  const hello = await post({
    jsonrpc: '2.0',
    id: 'hello',
    method: 'initialize',
    params: {protocolVersion: revision, capabilities: {}, clientInfo: {name: `wire-${revision}`, version: '1.0.0'}},
  })
  const {result} = await answerOf(responseMessages(hello), 'hello', undefined)
  const session = hello.headers.get('mcp-session-id')
  if (result?.protocolVersion !== revision) {
    throw new Error(`asked for ${revision}, negotiated ${JSON.stringify(result?.protocolVersion)}`)
  }
  if (session !== null) headers.set('mcp-session-id', session)
  if (withVersionHeader.includes(revision)) headers.set('mcp-protocol-version', revision)
  await notify('notifications/initialized')

  return {
    revision,
    call(method, params, {id = ++lastId, progressToken, onNotification} = {}) {
      const abort = new AbortController()
      const withToken = progressToken === undefined ? params : {...params, _meta: {progressToken}}
      const answer = (async () => {
        const response = await post({jsonrpc: '2.0', id, method, params: withToken}, abort.signal)
        return answerOf(responseMessages(response), id, onNotification)
      })()
      const cancel = async () => {
        await notify('notifications/cancelled', {requestId: id, reason: 'the probe asks for it'})
        abort.abort()
      }
      return {answer, cancel}
    },
    async batch(messages) {
      const answers: RpcMessage[] = []
      for await (const message of responseMessages(await post(messages))) answers.push(message)
      return answers
    },
    async watchTools() {
      const abort = new AbortController()
      const listening = new Headers(headers)
      listening.delete('content-type')
      listening.set('accept', 'text/event-stream')
      const response = await fetch(url, {headers: listening, signal: abort.signal})
      if (!response.ok) throw new Error(`GET: HTTP ${response.status} instead of an event stream`)
      return watchMessages(responseMessages(response), () => abort.abort())
    },
    async close() {
      if (session === null) return
      const response = await fetch(url, {method: 'DELETE', headers})
      await response.arrayBuffer()
    },
  }
}
