import {describe, expect, it} from 'vitest'
import type {BackendCall, BackendConnection} from '../../src/mcp/connection.ts'
import type {HttpOptions} from '../../src/mcp/http-link.ts'
import {openSse} from '../../src/mcp/sse-connection.ts'
import {atEnd} from '../helpers/at-end.ts'
import {startHttpBackend} from '../helpers/backends.ts'
import {freePort} from '../helpers/free-port.ts'
import {httpOptions} from './http-options.ts'

async function open(endpoint: string, more: Partial<HttpOptions> = {}): Promise<BackendConnection> {
  const connection = await openSse({
    endpoint,
    ...httpOptions,
    events: {
      onRequest: async () => ({kind: 'result', value: Buffer.from('{}')}),
      onNotification: () => {},
      onOddity: () => {},
    },
    ...more,
  })
  atEnd(() => connection.close(500))
  return connection
}

const start = async (mode = 'good'): Promise<string> =>
  `http://127.0.0.1:${(await startHttpBackend('http-sse.mjs', ['0', mode])).port}/sse`

function tool(name: string, args: object, more: Partial<BackendCall> = {}): BackendCall {
  return {method: 'tools/call', params: Buffer.from(JSON.stringify({name, arguments: args})), timeoutMs: 2_000, ...more}
}

describe('a connection over HTTP+SSE', () => {
  it('learns where to post from the stream and gets many answers on it, each to its own call', async () => {
    const connection = await open(await start())
    expect(connection.info).toMatchObject({era: 'legacy', protocolVersion: '2024-11-05'})
    const texts = Array.from({length: 50}, (_, index) => `text ${index}`)
    const answers = await Promise.all(texts.map(text => connection.call(tool('echo', {text}))))
    expect(answers.map(({value}) => JSON.parse(value.toString()).content[0].text)).toEqual(texts)
  })

  it('does not post to another origin, whatever the stream names', async () => {
    await expect(open(await start('foreign-endpoint'))).rejects.toMatchObject({
      kind: 'HandshakeFailed',
      blame: 'backend-logic',
      message: expect.stringContaining('another origin: http://127.0.0.1:1/messages'),
    })
  })

  it('gives up on a stream that never says where to post', async () => {
    await expect(open(await start('no-endpoint'), {handshakeTimeoutMs: 200})).rejects.toMatchObject({
      message: 'no endpoint event within 200 ms',
    })
  })

  it('fails every call with the stream that it waits on, and is over then', async () => {
    const connection = await open(await start('drops'))
    const calls = await Promise.allSettled([
      connection.call(tool('slow', {ms: 60_000})),
      connection.call(tool('echo', {text: 'x'})),
    ])
    for (const call of calls)
      expect(call).toMatchObject({reason: {kind: 'StreamEnded', blame: 'transport', delivered: 'unknown'}})
    expect(await connection.closed).toMatchObject({kind: 'StreamEnded'})
    await expect(connection.call(tool('echo', {text: 'x'}))).rejects.toMatchObject({
      kind: 'BackendGone',
      delivered: 'no',
    })
  })

  it('fails a call whose POST is refused, and only that', async () => {
    const connection = await open(await start('refuses'))
    await expect(connection.call(tool('echo', {text: 'x'}))).rejects.toMatchObject({
      kind: 'HttpStatus',
      evidence: 'HTTP 500',
    })
    const pong = await connection.call({method: 'ping', params: null, timeoutMs: 2_000})
    expect(pong.value.toString()).toBe('{}')
  })

  it('fails a call whose answer is over the limit, and goes on', async () => {
    const connection = await open(await start())
    await expect(connection.call(tool('big', {bytes: 70_000}))).rejects.toMatchObject({kind: 'AnswerTooLarge'})
    expect((await connection.call(tool('big', {bytes: 1_000}))).kind).toBe('result')
  })

  it('says what is wrong with an endpoint that is not one', async () => {
    const {port} = await startHttpBackend('http-sse.mjs')
    await expect(open(`http://127.0.0.1:${port}/other`)).rejects.toMatchObject({kind: 'SessionLost'})
    await expect(open(`http://127.0.0.1:${await freePort()}/sse`)).rejects.toMatchObject({
      kind: 'TransportFailed',
      message: expect.stringContaining('connection refused'),
    })
  })
})
