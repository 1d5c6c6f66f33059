import {describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../../src/control/client.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {callTool, type McpMessage, postMcp, postModern} from '../../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {startMoody} from '../moody.ts'

const replica = (id: string, more: object = {}) => ({...stdioServer(id, 'echo.mjs'), group: 'g', ...more})
const pidIn = (message: McpMessage | undefined): number => JSON.parse(message?.result.content[0].text).pid

async function spread(runtime: StartedRuntime, calls: number): Promise<number[]> {
  const counts = new Map<number, number>()
  for (let call = 0; call < calls; call++) {
    const pid = pidIn((await callTool(runtime.url, 'g__env', {name: 'HOME'})).message)
    counts.set(pid, (counts.get(pid) ?? 0) + 1)
  }
  return [...counts.values()].sort((a, b) => b - a)
}

async function whenAllUp(runtime: StartedRuntime): Promise<void> {
  const client = new ControlClient(runtime.record.socket)
  await vi.waitFor(
    async () => {
      const {servers} = await client.snapshot()
      expect(servers.filter(({tools}) => tools === 0)).toEqual([])
    },
    {timeout: 10_000},
  )
}

describe('a group of replicas', () => {
  it('is one server to clients, and its members take turns by weight', async () => {
    const runtime = await startRuntime({servers: [replica('a', {weight: 2}), replica('b'), replica('c')]})
    await whenAllUp(runtime)
    const names = (await postModern(runtime.url, 'tools/list')).message?.result.tools.map(
      ({name}: {name: string}) => name,
    )
    expect(names.filter((name: string) => name.endsWith('echo'))).toEqual(['g__echo'])
    expect(await spread(runtime, 20)).toEqual([10, 5, 5])
    await vi.waitFor(() => {
      const served = runtime.logs()['access.log']?.match(/tools\/call:g__env .*server_id=\w/g) ?? []
      expect(new Set(served.map(line => line.at(-1)))).toEqual(new Set(['a', 'b', 'c']))
    })
  })

  it('offers what only some members have, and calls those', async () => {
    const runtime = await startRuntime({
      servers: [replica('a', {tools: {deny: ['env']}}), replica('b'), replica('c', {tools: {deny: ['env', 'add']}})],
    })
    await whenAllUp(runtime)
    expect(await spread(runtime, 4)).toEqual([4])
    for (let call = 0; call < 6; call++)
      expect((await callTool(runtime.url, 'g__add', {a: 1, b: call})).message?.result.content[0].text).toBe(
        `${1 + call}`,
      )
  })

  it('keeps a legacy session at the member that it met, and moves it when that is gone', async () => {
    const runtime = await startRuntime({servers: [replica('a'), replica('b'), replica('c')]})
    await whenAllUp(runtime)
    const open = async (): Promise<string> => {
      const params = {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 't', version: '1'}}
      const reply = await postMcp(runtime.url, {jsonrpc: '2.0', id: 1, method: 'initialize', params})
      return reply.headers.get('mcp-session-id') ?? ''
    }
    const call = async (session: string): Promise<number> => {
      const body = {jsonrpc: '2.0', id: 2, method: 'tools/call', params: {name: 'g__env', arguments: {name: 'HOME'}}}
      return pidIn((await postMcp(runtime.url, body, {headers: {'mcp-session-id': session}})).message)
    }
    const sessions = [await open(), await open(), await open()]
    const homes: number[] = []
    for (const session of sessions) homes.push(await call(session))
    expect(new Set(homes).size).toBe(3)
    for (const [index, session] of sessions.entries())
      for (let again = 0; again < 4; again++) expect(await call(session)).toBe(homes[index])

    const [first = '', second = ''] = sessions
    process.kill(homes[0] ?? 0, 'SIGKILL')
    const moved = await vi.waitFor(async () => call(first))
    expect(homes.slice(1)).toContain(moved)
    expect(await call(first)).toBe(moved)
    expect(await call(second)).toBe(homes[1])
  })

  it('answers without a single error while a member is dead, and gives it its share again', async () => {
    const runtime = await startRuntime({
      servers: [replica('a'), replica('b')],
      proxy: {load_balancer: {algorithm: 'least_connections', slow_start: 0}},
    })
    await whenAllUp(runtime)
    const client = new ControlClient(runtime.record.socket)
    const victim = (await client.snapshot()).servers[0]?.pid ?? 0
    process.kill(victim, 'SIGKILL')
    // A call that was written to the dying process could not be told from one that it carried out.
    await vi.waitFor(async () => expect((await client.snapshot()).servers[0]?.pid).not.toBe(victim))
    for (let call = 0; call < 30; call++)
      expect((await callTool(runtime.url, 'g__echo', {text: `${call}`})).message?.error).toBeUndefined()
    await whenAllUp(runtime)
    await vi.waitFor(async () => expect((await client.snapshot()).servers[0]?.status).toBe('up'), {timeout: 5000})
    expect(await spread(runtime, 10)).toEqual([5, 5])
  })

  it('uses all members when fewer than half are well', async () => {
    const moodies = [await startMoody(), await startMoody(), await startMoody()]
    const runtime = await startRuntime({
      servers: moodies.map(({endpoint}, index) => ({id: `m${index}`, group: 'g', endpoint})),
      health: {circuit_breaker: {failure_threshold: 1, recovery_timeout: '60s'}},
    })
    await whenAllUp(runtime)
    const [one, two] = moodies
    await Promise.all([one?.mood('mode=500'), two?.mood('mode=500')])
    for (let call = 0; call < 3; call++) await callTool(runtime.url, 'g__echo', {text: 'x'})
    const before = await one?.count('tools/call')
    for (let call = 0; call < 9; call++) await callTool(runtime.url, 'g__echo', {text: 'x'})
    expect(await one?.count('tools/call')).toBeGreaterThanOrEqual((before ?? 0) + 3)
  })
})

describe('a fallback', () => {
  it('of a group serves while no primary can', async () => {
    const [primary, fallback] = [await startMoody(), await startMoody()]
    const runtime = await startRuntime({
      servers: [
        {id: 'f', group: 'g', role: 'fallback', endpoint: fallback.endpoint},
        {id: 'p', group: 'g', endpoint: primary.endpoint},
      ],
    })
    await whenAllUp(runtime)
    const call = async () => (await callTool(runtime.url, 'g__echo', {text: 'x'})).message
    for (let each = 0; each < 5; each++) expect((await call())?.result).toBeDefined()
    expect([await primary.count('tools/call'), await fallback.count('tools/call')]).toEqual([5, 0])
    await primary.process.end()
    for (let each = 0; each < 5; each++) expect((await call())?.result).toBeDefined()
    expect(await fallback.count('tools/call')).toBe(5)
  })

  it('without a group stands in for any tool of that name, and is not listed beside it', async () => {
    const primary = await startMoody()
    const runtime = await startRuntime({
      servers: [
        {id: 'primary', endpoint: primary.endpoint},
        {id: 'dead', endpoint: 'http://127.0.0.1:1/mcp'},
        {...stdioServer('spare', 'echo.mjs'), role: 'fallback'},
      ],
    })
    await vi.waitFor(async () => {
      const {servers} = await new ControlClient(runtime.record.socket).snapshot()
      expect(servers.map(({status}) => status)).toEqual(['up', 'down', 'up'])
    })
    const list = (await postModern(runtime.url, 'tools/list')).message?.result.tools.map(
      ({name}: {name: string}) => name,
    )
    expect(list.filter((name: string) => name.endsWith('echo'))).toEqual(['primary__echo'])
    // One that has never been seen has no list: its prefix tells what is meant.
    expect((await callTool(runtime.url, 'dead__echo', {text: 'for the dead'})).message?.result.content[0].text).toBe(
      'for the dead',
    )
    expect((await callTool(runtime.url, 'primary__echo', {text: 'a'})).message?.result).toBeDefined()
    expect(await primary.count('tools/call')).toBe(1)
    await primary.process.end()
    expect((await callTool(runtime.url, 'primary__echo', {text: 'b'})).message?.result.content[0].text).toBe('b')
    expect((await callTool(runtime.url, 'dead__nothing')).message?.error?.code).toBe(-32002)
  })
})
