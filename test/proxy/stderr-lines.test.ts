import {expect, it, vi} from 'vitest'
import {stdioServer} from '../helpers/backends.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'

it('what a server says on stderr carries the id of the one request that is at it, and none where there are more', async () => {
  const runtime = await startRuntime({servers: [stdioServer('one', 'complains.mjs')]})
  const lines = (): string => runtime.logs()['only1mcp.log'] ?? ''
  const complain = (text: string, ms: number) => callTool(runtime.url, 'one__complain', {text, ms})

  await complain('alone', 200)
  const first = complain('of-two', 600)
  await vi.waitFor(() => expect(lines()).toContain('of-two'))
  await Promise.all([first, complain('ambiguous', 100)])
  await vi.waitFor(() => expect(lines()).toContain('ambiguous'))
  await vi.waitFor(() => expect(runtime.logs()['access.log']?.match(/tools\/call:one__complain/g)).toHaveLength(3))

  const [alone] = /request_id=\S+(?= Stderr alone)/.exec(lines()) ?? []
  const [call] = (runtime.logs()['access.log'] ?? '').split('\n').filter(line => line.includes('one__complain'))
  expect(call).toContain(` ${alone} `)
  expect(lines()).toMatch(/request_id=\S+ Stderr of-two/)
  expect(lines()).toMatch(/ - Stderr ambiguous/)
})
