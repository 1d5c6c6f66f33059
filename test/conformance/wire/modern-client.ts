/** A client of 2026-07-28: no session, the envelope in every `_meta`, mirrored headers, cancel by closing the stream. */
import {answerOf, type Params, type RpcId, responseMessages, type WireClient, watchMessages} from './wire-client.ts'

const REVISION = '2026-07-28'
const META = 'io.modelcontextprotocol'
const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged'

export function openModernClient(url: string): WireClient {
  let lastId = 0
  const post = (id: RpcId, method: string, params: Params, signal: AbortSignal) => {
    const {name, uri} = params
    const mirrored = name ?? uri
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': REVISION,
      'mcp-method': method,
      ...(typeof mirrored === 'string' && {'mcp-name': mirrored}),
    }
    const meta = {
      [`${META}/protocolVersion`]: REVISION,
      [`${META}/clientInfo`]: {name: `wire-${REVISION}`, version: '1.0.0'},
      [`${META}/clientCapabilities`]: {},
    }
    const extra = params._meta as Params | undefined
    const body = {jsonrpc: '2.0', id, method, params: {...params, _meta: {...meta, ...extra}}}
    return fetch(url, {method: 'POST', headers, body: JSON.stringify(body), signal})
  }

  return {
    revision: REVISION,
    call(method, params, {id = ++lastId, progressToken, onNotification} = {}) {
      const abort = new AbortController()
      const withToken = progressToken === undefined ? params : {...params, _meta: {progressToken}}
      const answer = (async () => {
        const response = await post(id, method, withToken, abort.signal)
        if (response.headers.has('mcp-session-id')) throw new Error('a session id was minted for a modern client')
        return answerOf(responseMessages(response), id, onNotification)
      })()
      return {answer, cancel: async () => abort.abort()}
    },
    async watchTools() {
      const abort = new AbortController()
      const filter = {notifications: {toolsListChanged: true}}
      const response = await post('listen', 'subscriptions/listen', filter, abort.signal)
      const watch = watchMessages(responseMessages(response), () => abort.abort())
      const first = await watch.next(ACKNOWLEDGED, 5_000)
      const meta = first.params?._meta as Params | undefined
      if (meta?.[`${META}/subscriptionId`] !== 'listen') {
        throw new Error(`the acknowledgement names subscription ${JSON.stringify(meta?.[`${META}/subscriptionId`])}`)
      }
      return watch
    },
    close: async () => {},
  }
}
