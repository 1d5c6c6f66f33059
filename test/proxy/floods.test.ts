import {expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import {stdioServer} from '../helpers/backends.ts'
import {callTool, postModern} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'

it('servers that write without end, on stdout and on stderr, cost the others nothing and stay within bounds', async () => {
  const runtime = await startRuntime({
    servers: [
      stdioServer('good', 'echo.mjs'),
      stdioServer('endless', 'no-newline.mjs'),
      stdioServer('loud', 'stderr-flood.mjs', ['512']),
    ],
    server: {list_timeout: '500ms'},
  })
  const {message} = await postModern(runtime.url, 'tools/list')
  expect(message?.result._meta).toEqual({'io.only1mcp/absentServers': ['endless']})

  let slowestMs = 0
  for (let i = 0; i < 60; i++) {
    const began = performance.now()
    const text = `${i}`.repeat(100)
    expect((await callTool(runtime.url, 'good__echo', {text})).message?.result.content[0].text).toBe(text)
    expect((await callTool(runtime.url, 'loud__add', {a: i, b: 1})).message?.result.content[0].text).toBe(`${i + 1}`)
    slowestMs = Math.max(slowestMs, performance.now() - began)
  }
  expect(slowestMs).toBeLessThan(1_500)

  await vi.waitFor(
    () => expect(runtime.logs()['error.log']).toMatch(/ StderrFlood .*server_id=loud dropped_bytes=\d+/),
    5_000,
  )
  const {process: usage} = await new ControlClient(runtime.record.socket).snapshot()
  expect(usage.rssBytes).toBeLessThan(500 * 1024 * 1024)
  // 256 KiB of stderr are kept a second, and each line has a head of its own.
  expect((runtime.logs()['only1mcp.log'] ?? '').length).toBeLessThan(16 * 1024 * 1024)
})
