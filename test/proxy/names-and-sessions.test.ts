import {setTimeout as sleep} from 'node:timers/promises'
import {describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import {stdioServer} from '../helpers/backends.ts'
import {callTool, type McpReply, postMcp, postModern} from '../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'

describe('the names of tools', () => {
  it('are prefixed as configured; on a clash the earlier server keeps the name, and the log says so', async () => {
    const runtime = await startRuntime({
      servers: [
        {...stdioServer('one', 'echo.mjs'), prefix: ''},
        {...stdioServer('two', 'echo.mjs'), prefix: ''},
        {...stdioServer('three', 'echo.mjs'), prefix: 'shared'},
        {...stdioServer('four', 'echo.mjs'), prefix: 'shared'},
        stdioServer('five', 'echo.mjs'),
        {...stdioServer('off', 'echo.mjs'), enabled: false},
      ],
    })
    const {message} = await postModern(runtime.url, 'tools/list')
    const names: string[] = message?.result.tools.map((tool: {name: string}) => tool.name)
    expect(names.filter(name => name.endsWith('echo'))).toEqual([
      'echo',
      'two__echo',
      'shared__echo',
      'four__echo',
      'five__echo',
    ])
    expect(new Set(names).size).toBe(names.length)

    // Each name leads to a process of its own.
    const pids = new Set<number>()
    for (const name of ['env', 'two__env', 'shared__env', 'four__env', 'five__env']) {
      const answer = await callTool(runtime.url, name, {name: 'HOME'})
      pids.add(JSON.parse(answer.message?.result.content[0].text).pid)
    }
    expect(pids.size).toBe(5)
    await vi.waitFor(() => {
      const log = runtime.logs()['error.log'] ?? ''
      expect(log).toMatch(/ WARN \S+ - NameClash .*server_id=two .*name=echo exposed=two__echo/)
      expect(log).toMatch(/ WARN \S+ - NameClash .*server_id=four .*name=echo exposed=four__echo/)
    })
  })
})

describe('sessions of legacy clients', () => {
  const initialize = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'test', version: '1'}},
  }
  const open = async ({url}: StartedRuntime): Promise<string> =>
    (await postMcp(url, initialize)).headers.get('mcp-session-id') ?? ''
  const ping = ({url}: StartedRuntime, session: string): Promise<McpReply> =>
    postMcp(url, {jsonrpc: '2.0', id: 2, method: 'ping'}, {headers: {'mcp-session-id': session}})
  const count = async ({record}: StartedRuntime): Promise<number> =>
    (await new ControlClient(record.socket).snapshot()).sessions

  it('have ids that nobody can guess, and end with DELETE', async () => {
    const runtime = await startRuntime()
    const [one, two] = [await open(runtime), await open(runtime)]
    expect(one).toMatch(/^[\x21-\x7e]{22,}$/)
    expect(one).not.toBe(two)
    expect((await fetch(`${runtime.url}/mcp`, {method: 'DELETE', headers: {'mcp-session-id': one}})).status).toBe(200)
    expect((await ping(runtime, one)).status).toBe(404)
    expect((await ping(runtime, two)).status).toBe(200)
    expect(await count(runtime)).toBe(1)
  })

  it('make room for new ones at the cap: the one unused for longest goes', async () => {
    const runtime = await startRuntime({server: {max_sessions: 3}})
    const [first, second, third] = [await open(runtime), await open(runtime), await open(runtime)]
    await ping(runtime, first)
    const fourth = await open(runtime)
    expect(await count(runtime)).toBe(3)
    const statuses = []
    for (const session of [first, second, third, fourth]) statuses.push((await ping(runtime, session)).status)
    expect(statuses).toEqual([200, 404, 200, 200])
  })

  it('that nobody uses end, and those in use stay', async () => {
    const runtime = await startRuntime({
      servers: [stdioServer('echo', 'echo.mjs')],
      server: {session_idle_timeout: '400ms'},
    })
    const [idle, busy, listening] = [await open(runtime), await open(runtime), await open(runtime)]
    const stream = await fetch(`${runtime.url}/mcp`, {
      headers: {accept: 'text/event-stream', 'mcp-session-id': listening},
    })
    expect(stream.status).toBe(200)
    const until = performance.now() + 1_500
    while (performance.now() < until) {
      expect((await ping(runtime, busy)).status).toBe(200)
      await sleep(50)
    }
    expect((await ping(runtime, idle)).status).toBe(404)
    expect((await ping(runtime, listening)).status).toBe(200)
    await stream.body?.cancel()
  })
})
