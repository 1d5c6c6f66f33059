import {expect, test, vi} from 'vitest'
import {stdioServer} from '../../helpers/backends.ts'
import {postModern} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'

test('what a list has before its pages go wrong is listed, and its faults are named', async () => {
  const kinds = ['many', 'loop', 'broken', 'empty']
  const {url, logs} = await startRuntime({servers: kinds.map(kind => stdioServer(kind, 'pages.mjs', [kind]))})
  const {message} = await postModern(url, 'tools/list')
  const names: string[] = message?.result.tools.map(({name}: {name: string}) => name)
  const counts = kinds.map(kind => names.filter(name => name.startsWith(`${kind}__`)).length)
  expect(counts).toEqual([150, 2, 1, 1])
  const log = (): string => logs()['error.log'] ?? ''
  await vi.waitFor(() => {
    expect(log()).toMatch(/server_id=loop error="its tools\/list names the same next page twice"/)
    expect(log()).toMatch(/server_id=broken error="it answered tools\/list with an error"/)
  })
  expect(log()).not.toMatch(/server_id=(many|empty)/)
})
