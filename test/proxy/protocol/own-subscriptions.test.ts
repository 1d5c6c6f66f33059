import {expect, test, vi} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {aliveDescendants} from '../../helpers/processes.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {openSession} from './session-client.ts'

test('a client with a process of its own hears of changes that its own calls make there, also in the next process', async () => {
  const runtime = await startRuntime({servers: [stdioServer('lib', 'library.mjs')]})
  const client = await openSession(runtime.url, {capabilities: {roots: {}}})
  const updated = {jsonrpc: '2.0', method: 'notifications/resources/updated', params: {uri: 'lib+lib://a'}}
  const touch = async (): Promise<string> => {
    const call = {name: 'lib__touch', arguments: {uri: 'lib://a'}}
    return (await client.call('tools/call', call)).answer.result?.content[0].text
  }
  const seen = await client.listen()
  const shared = new Set(aliveDescendants(runtime.pid).map(({pid}) => pid))
  await client.call('resources/subscribe', {uri: 'lib+lib://a'})
  expect(await touch()).toBe('true')
  await vi.waitFor(() => expect(seen).toEqual([updated]))

  const own = aliveDescendants(runtime.pid).filter(({pid}) => !shared.has(pid))
  expect(own.length).toBeGreaterThan(0)
  for (const {pid} of own) process.kill(pid, 'SIGKILL')
  // Nobody knows what changed meanwhile.
  await vi.waitFor(() => expect(seen).toEqual([updated, updated]), 5000)
  expect(await touch()).toBe('true')
  await vi.waitFor(() => expect(seen).toHaveLength(3))

  await client.call('resources/unsubscribe', {uri: 'lib+lib://a'})
  await vi.waitFor(async () => expect(await touch()).toBe('false'))
})
