import {expect, it} from 'vitest'
import type {BackendConnection} from '../../src/mcp/connection.ts'
import {readList} from '../../src/proxy/read-list.ts'

const identity = {info: {name: 'test', version: '1'}, capabilities: {}}

/** Answers each page with what `page` gives. */
const serving = (page: (asked: number) => string): BackendConnection => {
  let asked = 0
  return {
    info: {
      era: 'legacy',
      protocolVersion: '2025-06-18',
      implementation: null,
      capabilities: {tools: {}},
      instructions: null,
    },
    pid: null,
    multiplexed: true,
    call: async () => ({kind: 'result', value: Buffer.from(page(asked++))}),
    notify: () => {},
    closed: new Promise(() => {}),
    close: async () => {},
  }
}

const read = (page: (asked: number) => string) => readList(serving(page), 'tools', identity, 1000, () => {})

it('an empty cursor is the end of a list', async () => {
  const list = await read(asked => `{"tools":[{"name":"t${asked}"}],"nextCursor":""}`)
  expect(list.entries.map(({key}) => key)).toEqual(['t0'])
})

it.each([
  ['pages', (asked: number) => `{"tools":[],"nextCursor":"${asked}"}`, 'more than 100 pages'],
  ['entries', () => `{"tools":[${Array(30_000).fill('{"name":"t"}')}],"nextCursor":"x"}`, 'more than 50000 entries'],
  ['bytes', () => `{"tools":[{"name":"t","description":"${'x'.repeat(17 << 20)}"}]}`, 'larger than 16777216 bytes'],
])('a list without end is refused by its %s', async (_, page, why) => {
  await expect(read(page)).rejects.toThrow(why)
})
