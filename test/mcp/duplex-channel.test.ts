import {describe, expect, test, vi} from 'vitest'
import type {BackendAnswer} from '../../src/mcp/connection.ts'
import {DuplexChannel} from '../../src/mcp/duplex-channel.ts'

function openChannel() {
  const onNotification = vi.fn()
  const onOddity = vi.fn()
  const channel = new DuplexChannel({
    now: () => performance.now(),
    events: {onNotification, onOddity, onRequest: async () => ({kind: 'result', value: Buffer.from('{}')})},
    request: () => {},
    send: () => {},
  })
  const call = async (): Promise<string> => {
    const answer: BackendAnswer = await channel.call({method: 'tools/call', params: null, timeoutMs: 2000})
    return `${answer.kind} ${answer.value}`
  }
  return {channel, call, onNotification, onOddity}
}

const parseError = Buffer.from('{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}')

describe('a channel that calls share', () => {
  test('takes each message of a batch by itself', async () => {
    const {channel, call, onNotification} = openChannel()
    const answers = Promise.all([call(), call()])
    const notification = '{"jsonrpc":"2.0","method":"notifications/x"}'
    const [one, two] = [1, 2].map(id => `{"jsonrpc":"2.0","id":${id},"result":{"n":${id}}}`)
    channel.receive(Buffer.from(`[${two}, ${notification} ,${one}]`))
    expect(await answers).toEqual(['result {"n":1}', 'result {"n":2}'])
    expect(onNotification).toHaveBeenCalledWith('notifications/x', null)
  })

  test('gives an error without an id to the only call in flight', async () => {
    const {channel, call} = openChannel()
    const answer = call()
    channel.receive(parseError)
    expect(await answer).toBe('error {"code":-32700,"message":"Parse error"}')
  })

  test('gives it to none of several, and says so', async () => {
    const {channel, call, onOddity} = openChannel()
    const answers = Promise.all([call(), call()])
    channel.receive(parseError)
    expect(onOddity).toHaveBeenCalledWith('AnswerWithoutId', parseError.toString())
    for (const id of [1, 2]) channel.receive(Buffer.from(`{"jsonrpc":"2.0","id":${id},"result":{}}`))
    expect(await answers).toEqual(['result {}', 'result {}'])
  })
})
