import {beforeAll, expect, test, vi} from 'vitest'
import {atEnd} from '../../helpers/at-end.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import type {Message} from './session-client.ts'

/** A stream of events as it came so far. */
interface Stream {
  readonly events: {readonly id: string | undefined; readonly message: Message}[]
  readonly ended: Promise<void>
  abort(): void
}

let url: string

beforeAll(async () => {
  ;({url} = await startRuntime({servers: [stdioServer('lib', 'library.mjs'), stdioServer('asks', 'asks.mjs')]}))
})

async function openClient(capabilities: object = {}) {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    accept: 'application/json, text/event-stream',
  }
  const send = (method: string, params: object, id?: number, signal?: AbortSignal) =>
    fetch(`${url}/mcp`, {
      method: 'POST',
      headers,
      body: JSON.stringify({jsonrpc: '2.0', ...(id !== undefined && {id}), method, params}),
      ...(signal && {signal}),
    })
  const clientInfo = {name: 'resumes', version: '1'}
  const hello = {protocolVersion: '2025-11-25', capabilities, clientInfo}
  const opened = await send('initialize', hello, 0)
  await opened.arrayBuffer()
  headers['mcp-session-id'] = opened.headers.get('mcp-session-id') ?? ''
  return {
    call: async (method: string, params: object, id: number) => (await send(method, params, id)).text(),
    answer: async (id: unknown) => {
      const body = JSON.stringify({jsonrpc: '2.0', id, result: {action: 'decline'}})
      await (await fetch(`${url}/mcp`, {method: 'POST', headers, body})).arrayBuffer()
    },
    stream: (method: string, params: object, id: number) => read(signal => send(method, params, id, signal)),
    listen: (lastEventId?: string) =>
      read(signal =>
        fetch(`${url}/mcp`, {
          headers: {...headers, ...(lastEventId !== undefined && {'last-event-id': lastEventId})},
          signal,
        }),
      ),
  }
}

async function read(send: (signal: AbortSignal) => Promise<Response>): Promise<Stream> {
  const controller = new AbortController()
  atEnd(() => controller.abort())
  const response = await send(controller.signal)
  const events: Stream['events'] = []
  const run = async (): Promise<void> => {
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString()
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) {
        const data = /^data: (.*)$/m.exec(part)?.[1]
        if (data !== undefined) events.push({id: /^id: (.*)$/m.exec(part)?.[1], message: JSON.parse(data)})
      }
    }
  }
  return {events, ended: run().catch(() => {}), abort: () => controller.abort()}
}

const question = {method: 'elicitation/create', params: {message: 'Who?', requestedSchema: {type: 'object'}}}

test('the answer to a call whose stream broke comes to who takes the stream up again', async () => {
  const client = await openClient({elicitation: {}})
  const call = {name: 'asks__ask', arguments: {requests: [question]}}
  const broken = await client.stream('tools/call', call, 7)
  await vi.waitFor(() => expect(broken.events).toHaveLength(1))
  broken.abort()
  await broken.ended
  const resumed = await client.listen(broken.events[0]?.id)
  await client.answer(broken.events[0]?.message.id)
  await resumed.ended
  expect(resumed.events.map(({message}) => message.id)).toEqual([7])
  // It is kept for a while after that, for a client that lost the second stream as well.
  const late = await client.listen(broken.events[0]?.id)
  await late.ended
  expect(late.events).toEqual(resumed.events)
})

test('what a client missed on its GET stream comes first when it takes it up again, each once', async () => {
  const client = await openClient()
  const touch = () => client.call('tools/call', {name: 'lib__touch', arguments: {uri: 'lib://a'}}, 2)
  await client.call('resources/subscribe', {uri: 'lib+lib://a'}, 1)
  const first = await client.listen()
  await touch()
  await vi.waitFor(() => expect(first.events).toHaveLength(1))
  first.abort()
  await first.ended
  await vi.waitFor(async () => {
    await touch()
    const again = await client.listen(first.events[0]?.id)
    await vi.waitFor(() => expect(again.events.length).toBeGreaterThan(0), 200)
    again.abort()
    await again.ended
  })
  const from = await client.listen(first.events[0]?.id)
  await touch()
  await vi.waitFor(() => expect(from.events.length).toBeGreaterThan(1))
  const ids = from.events.map(({id}) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(from.events[0]?.message.method).toBe('notifications/resources/updated')
})

test.each(['nonsense', 'own.1', '99.1', '-1.-1'])('an event that nobody knows (%s) opens a new stream', async id => {
  const client = await openClient()
  const stream = await client.listen(id)
  await client.call('resources/subscribe', {uri: 'lib+lib://a'}, 1)
  await client.call('tools/call', {name: 'lib__touch', arguments: {uri: 'lib://a'}}, 2)
  await vi.waitFor(() => expect(stream.events).toHaveLength(1))
})
