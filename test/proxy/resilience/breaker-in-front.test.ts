import {rmSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../../src/control/client.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {runCli} from '../../helpers/cli.ts'
import {callTool} from '../../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {startMoody} from '../moody.ts'

const breaker = {failure_threshold: 3, success_threshold: 2, recovery_timeout: '500ms', half_open_requests: 1}

const stateOf = async ({record}: StartedRuntime, id: string): Promise<string | undefined> =>
  (await new ControlClient(record.socket).snapshot()).servers.find(server => server.id === id)?.breaker?.state

const echo = async ({url}: StartedRuntime, server = 'm') =>
  (await callTool(url, `${server}__echo`, {text: 'x'})).message

describe('a circuit breaker', () => {
  it('opens after failures in a row, refuses at once, tries again, and closes', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint}],
      health: {circuit_breaker: breaker},
    })
    await moody.mood('mode=500')
    for (let call = 0; call < 3; call++) expect((await echo(runtime))?.error?.code).toBe(-32005)
    const asked = await moody.count('tools/call')
    const startedAt = performance.now()
    const refused = await echo(runtime)
    expect(performance.now() - startedAt).toBeLessThan(200)
    expect(refused?.error).toMatchObject({
      code: -32002,
      message: expect.stringMatching(/^No backend available: m .*circuit breaker is open: .*HTTP 500/),
      data: {cause: 'BreakerOpen', delivered: 'no', serverId: 'm', retryAfterMs: expect.any(Number)},
    })
    expect(refused?.error?.data.retryAfterMs).toBeLessThanOrEqual(500)
    expect(Date.parse(refused?.error?.data.retryAt)).toBeGreaterThan(Date.now() - 1000)
    expect(await moody.count('tools/call')).toBe(asked)
    expect(await stateOf(runtime, 'm')).toBe('open')

    const metrics = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    expect(metrics).toContain('only1mcp_circuit_breaker_state{server_id="m"} 1\n')
    expect(metrics).toContain('only1mcp_circuit_breaker_transitions_total{server_id="m",to="open"} 1\n')
    const health = JSON.parse((await runCli(['health', 'status', '--json'], {env: runtime.env})).stdout)
    expect(health.servers[0].breaker).toBe('open')

    await moody.mood('mode=ok')
    await vi.waitFor(async () => expect((await echo(runtime))?.result).toBeDefined(), {timeout: 3000})
    await vi.waitFor(async () => {
      await echo(runtime)
      expect(await stateOf(runtime, 'm')).toBe('closed')
    })
    await vi.waitFor(() => {
      const logs = runtime.logs()
      expect(logs['error.log']).toMatch(/ WARN only1mcp::breaker - BreakerOpened .*server_id=m .*from=closed to=open/)
      expect(logs['only1mcp.log']).toMatch(/ BreakerHalfOpen .*server_id=m/)
      expect(logs['only1mcp.log']).toMatch(/ BreakerClosed .*server_id=m/)
    })
  })

  it('is told to those who watch', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint}],
      circuit_breaker: {failure_threshold: 1, timeout: '60s'},
    })
    const client = new ControlClient(runtime.record.socket)
    const {seq} = await client.snapshot()
    const stop = new AbortController()
    const seen: unknown[] = []
    const watching = (async () => {
      for await (const event of client.events(seq, stop.signal)) {
        if (event.type === 'breaker') seen.push(event)
        if (seen.length === 1) break
      }
    })()
    await moody.mood('mode=reset')
    await echo(runtime)
    await watching
    stop.abort()
    expect(seen).toMatchObject([{serverId: 'm', from: 'closed', to: 'open', why: expect.any(String)}])
  })

  it('does not mind errors of the tool, of the client, or of JSON-RPC', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint}],
      health: {circuit_breaker: {...breaker, failure_threshold: 1}},
    })
    expect((await callTool(runtime.url, 'm__fail')).message?.result.isError).toBe(true)
    expect((await callTool(runtime.url, 'm__fail', {code: -32602})).message?.error?.code).toBe(-32602)
    await moody.mood('mode=error')
    expect((await echo(runtime))?.error?.code).toBe(-32603)
    await callTool(runtime.url, 'm__no_such_tool')
    expect(await stateOf(runtime, 'm')).toBe('closed')
  })

  it('does not open for what is wrong here: a program that cannot be started', async () => {
    const runtime = await startRuntime(
      {
        servers: [{id: 'm', command: '/no/such/program'}],
        health: {circuit_breaker: {...breaker, failure_threshold: 1}},
      },
      {until: 'listening'},
    )
    await vi.waitFor(async () => expect((await echo(runtime))?.error?.data.cause).toBe('NoBackend'))
    expect(await stateOf(runtime, 'm')).toBe('closed')
  })

  it('opens for a process that dies in each call, counted once each', async () => {
    const runtime = await startRuntime({
      servers: [stdioServer('m', 'echo.mjs')],
      health: {circuit_breaker: {...breaker, failure_threshold: 2, recovery_timeout: '60s'}},
    })
    const die = () => callTool(runtime.url, 'm__die', {code: 3})
    const slow = () => callTool(runtime.url, 'm__slow', {ms: 5000})
    const together = await Promise.all([slow(), slow(), slow(), die()])
    for (const {message} of together)
      expect(message?.error).toMatchObject({code: -32005, data: {delivered: 'unknown', cause: 'BackendExited'}})
    expect(await stateOf(runtime, 'm')).toBe('closed')
    await die()
    await vi.waitFor(async () => expect(await stateOf(runtime, 'm')).toBe('open'))
    expect((await echo(runtime))?.error).toMatchObject({code: -32002, data: {cause: 'BreakerOpen'}})
  })

  it('stays open over a restart of the runtime, until its file is deleted', async () => {
    const moody = await startMoody()
    const config = {
      servers: [{id: 'm', endpoint: moody.endpoint}],
      health: {circuit_breaker: {...breaker, recovery_timeout: '60s'}},
    }
    const first = await startRuntime(config)
    await moody.mood('mode=500')
    for (let call = 0; call < 3; call++) await echo(first)
    expect(await stateOf(first, 'm')).toBe('open')
    await first.stop()
    await moody.mood('mode=ok')
    const folder = join(first.stateDir, '..')

    const asked = await moody.count('tools/call')
    const second = await startRuntime(config, {folder})
    expect(await stateOf(second, 'm')).toBe('open')
    const refused = await echo(second)
    expect(refused?.error).toMatchObject({code: -32002, data: {cause: 'BreakerOpen'}})
    expect(refused?.error?.data.retryAfterMs).toBeLessThanOrEqual(60_000)
    expect(await moody.count('tools/call')).toBe(asked)
    await second.stop()

    for (const end of ['', '-wal', '-shm']) rmSync(join(first.stateDir, `circuit_breakers.db${end}`), {force: true})
    const third = await startRuntime(config, {folder})
    expect((await echo(third))?.result).toBeDefined()
  })
})
