import {setTimeout as sleep} from 'node:timers/promises'
import {sseEvents} from '../../conformance/wire/sse-events.ts'
import {atEnd} from '../../helpers/at-end.ts'

type Json = Readonly<Record<string, unknown>>

export interface Message {
  readonly id?: string | number
  readonly method?: string
  // biome-ignore lint/suspicious/noExplicitAny: a test looks for what it expects, and fails where that is not
  readonly params?: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly result?: any
  // biome-ignore lint/suspicious/noExplicitAny: as above
  readonly error?: any
}

export interface SessionOptions {
  readonly capabilities?: Json
  /** What the client answers to a request of the server: `{result}` or `{error}`; nothing for null. */
  readonly answer?: (method: string, params: Json) => object | null
  /** Takes plain JSON answers only. */
  readonly withoutStream?: boolean
}

export interface SessionClient {
  /** Its answer, and what was said on the way to it. */
  call(method: string, params: Json, id?: string | number): Promise<{answer: Message; said: Message[]}>
  notify(method: string, params: Json): Promise<void>
  /** What comes on the GET stream from now on. @param onEnd told when the server ends it */
  listen(onEnd?: () => void): Promise<Message[]>
  /** Ends the session. */
  close(): Promise<void>
}

/** A client of 2025-11-25 that can be asked things. */
export async function openSession(url: string, options: SessionOptions = {}): Promise<SessionClient> {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: options.withoutStream === true ? 'application/json' : 'application/json, text/event-stream',
  }
  const controller = new AbortController()
  atEnd(() => controller.abort())
  const post = (body: object): Promise<Response> =>
    fetch(`${url}/mcp`, {method: 'POST', headers, body: JSON.stringify(body), signal: controller.signal})
  let lastId = 0
  const call: SessionClient['call'] = async (method, params, id = ++lastId) => {
    const response = await post({jsonrpc: '2.0', id, method, params})
    const session = response.headers.get('mcp-session-id')
    if (session !== null) headers['mcp-session-id'] = session
    const said: Message[] = []
    for await (const message of messagesOf(response)) {
      if (message.method === undefined) return {answer: message, said}
      said.push(message)
      if (message.id === undefined) continue
      const refusal = {error: {code: -1, message: 'no'}}
      const answered = options.answer ? options.answer(message.method, message.params ?? {}) : refusal
      if (answered === null) continue
      await post({jsonrpc: '2.0', id: message.id, ...answered})
    }
    throw new Error(`${method}: no answer, HTTP ${response.status}`)
  }
  const notify: SessionClient['notify'] = async (method, params) => {
    await (await post({jsonrpc: '2.0', method, params})).arrayBuffer()
  }
  const clientInfo = {name: 'session-client', version: '1'}
  const hello = {protocolVersion: '2025-11-25', capabilities: options.capabilities ?? {}, clientInfo}
  await call('initialize', hello)
  await notify('notifications/initialized', {})
  return {
    call,
    notify,
    async close() {
      await (await fetch(`${url}/mcp`, {method: 'DELETE', headers})).arrayBuffer()
    },
    async listen(onEnd) {
      const seen: Message[] = []
      const get = {...headers, accept: 'text/event-stream'}
      const response = await fetch(`${url}/mcp`, {headers: get, signal: controller.signal})
      void (async () => {
        for await (const message of messagesOf(response)) seen.push(message)
        onEnd?.()
      })().catch(() => {}) // ended with the test
      await sleep(0)
      return seen
    },
  }
}

async function* messagesOf(response: Response): AsyncGenerator<Message> {
  if (response.headers.get('content-type')?.startsWith('text/event-stream') && response.body) {
    for await (const {data} of sseEvents(response.body)) yield JSON.parse(data)
    return
  }
  const text = await response.text()
  if (text !== '') yield JSON.parse(text)
}
