import {expect, it} from 'vitest'
import type {BackendAnswer, BackendConnection} from '../../src/mcp/connection.ts'
import {Link} from '../../src/proxy/link.ts'

it('a change that is announced before the first lists are read lets none of them seem empty', async () => {
  const resources = Promise.withResolvers<BackendAnswer>()
  const answers: Readonly<Record<string, BackendAnswer | Promise<BackendAnswer>>> = {
    'tools/list': resultOf('{"tools":[{"name":"a"}]}'),
    'resources/list': resources.promise,
    'resources/templates/list': resultOf('{"resourceTemplates":[]}'),
  }
  const connection: BackendConnection = {
    info: {
      era: 'legacy',
      protocolVersion: '2025-06-18',
      implementation: null,
      capabilities: {tools: {listChanged: true}, resources: {}},
      instructions: null,
    },
    pid: null,
    multiplexed: true,
    call: async ({method}) => answers[method] ?? Promise.reject(new Error(`${method} was not expected`)),
    notify: () => {},
    closed: new Promise(() => {}),
    close: async () => {},
  }
  const told: (number | undefined)[] = []
  const link: Link = new Link({
    connection,
    identity: {info: {name: 'test', version: '1'}, capabilities: {}},
    timeoutMs: 1_000,
    onLists: () => told.push(link.lists?.resources.entries.length),
    onFault: () => {},
  })
  const loaded = link.load()
  const changed = link.changed('notifications/tools/list_changed')
  await new Promise(resolve => setImmediate(resolve))
  expect(link.lists).toBeUndefined()
  resources.resolve(resultOf('{"resources":[{"uri":"a:b","name":"b"}]}'))
  await Promise.all([loaded, changed])
  expect(told).toEqual([1])
})

function resultOf(text: string): BackendAnswer {
  return {kind: 'result', value: Buffer.from(text)}
}
