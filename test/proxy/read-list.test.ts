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
  [
    'pages',
    (asked: number) => `{"tools":[{"name":"t${asked}"}],"nextCursor":"${asked}"}`,
    1000,
    'more than 1000 pages',
  ],
  [
    'entries',
    (asked: number) => `{"tools":[${Array(30_000).fill('{"name":"t"}')}],"nextCursor":"${asked}"}`,
    30_000,
    'more than 50000 entries',
  ],
])('of a list without end the beginning is kept, bounded by its %s', async (_, page, kept, why) => {
  const faults: string[] = []
  const list = await readList(serving(page), 'tools', identity, 1000, ({message}) => faults.push(message))
  expect(list.entries).toHaveLength(kept)
  expect(faults).toEqual([expect.stringContaining(why)])
})

it('a list that is too large from the first page on is refused', async () => {
  const page = `{"tools":[{"name":"t","description":"${'x'.repeat(17 << 20)}"}]}`
  await expect(read(() => page)).rejects.toThrow('larger than 16777216 bytes')
})
