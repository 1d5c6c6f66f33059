import {describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../../src/control/client.ts'
import type {ServerSnapshot} from '../../../src/control/contract/server.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {callTool} from '../../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {startMoody} from '../moody.ts'

const check = {interval: '100ms', timeout: '300ms', healthy_threshold: 2, unhealthy_threshold: 2}
const server = async ({record}: StartedRuntime): Promise<ServerSnapshot | undefined> =>
  (await new ControlClient(record.socket).snapshot()).servers[0]

describe('health probes', () => {
  it('speak the protocol of the server, and never GET its endpoint', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({servers: [{id: 'm', endpoint: moody.endpoint, health_check: check}]})
    await vi.waitFor(async () => expect((await server(runtime))?.probe?.successes).toBeGreaterThan(2))
    expect(await moody.count('server/discover')).toBeGreaterThan(2)
    expect((await server(runtime))?.probe).toMatchObject({healthy: true, ok: true, error: null})
    const metrics = await (await fetch(`${runtime.metricsUrl}/metrics`)).text()
    expect(metrics).toMatch(/only1mcp_health_check_total\{server_id="m",result="success"\} [1-9]/)
  })

  it('ping a legacy server', async () => {
    const runtime = await startRuntime({servers: [{...stdioServer('echo', 'echo.mjs'), health_check: check}]})
    await vi.waitFor(async () => expect((await server(runtime))?.probe?.successes).toBeGreaterThan(1))
    expect((await server(runtime))?.probe?.failures).toBe(0)
  })

  it('take a server that fails them out, and in again when it answers', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({servers: [{id: 'm', endpoint: moody.endpoint, health_check: check}]})
    await moody.mood('mode=hang&method=server/discover')
    await vi.waitFor(
      async () => expect(await server(runtime)).toMatchObject({status: 'down', probe: {healthy: false}}),
      {
        timeout: 4000,
      },
    )
    expect((await fetch(`${runtime.url}/health`)).status).toBe(503)
    await moody.mood('mode=ok')
    await vi.waitFor(async () => expect(await server(runtime)).toMatchObject({status: 'up', probe: {healthy: true}}), {
      timeout: 4000,
    })
    await vi.waitFor(() => {
      expect(runtime.logs()['error.log']).toMatch(/ProbeUnhealthy .*server_id=m/)
      expect(runtime.logs()['only1mcp.log']).toMatch(/ProbeHealthy .*server_id=m/)
    })
  })

  it('GET a path beside, of which any 2xx is well', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint, health_check: {...check, path: '/health'}}],
    })
    await vi.waitFor(async () => expect((await server(runtime))?.probe?.successes).toBeGreaterThan(1)) // 204
    await moody.mood('health=503')
    await vi.waitFor(async () =>
      expect(await server(runtime)).toMatchObject({status: 'down', probe: {error: 'GET /health answered HTTP 503'}}),
    )
  })

  it('are what a server is said to be down for, also to those whose calls its breaker refuses', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint, health_check: {...check, path: '/health'}}],
      health: {circuit_breaker: {failure_threshold: 4}},
    })
    await moody.mood('mode=500&method=tools/call&times=1')
    await callTool(runtime.url, 'm__echo', {text: 'x'})
    await moody.mood('mode=ok&health=503')
    await vi.waitFor(async () => expect((await server(runtime))?.breaker?.state).toBe('open'), {timeout: 4000})
    expect((await server(runtime))?.lastError).toMatchObject({
      kind: 'ProbeUnhealthy',
      message: 'it does not answer its health probes: GET /health answered HTTP 503',
    })
    expect((await callTool(runtime.url, 'm__echo', {text: 'x'})).message?.error).toMatchObject({
      message: expect.stringMatching(/breaker is open: a health probe failed: GET \/health answered HTTP 503$/),
      data: {cause: 'BreakerOpen', blame: 'backend-logic'},
    })
  })

  it('leave a server alone that has just answered calls', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [{id: 'm', endpoint: moody.endpoint, health_check: {...check, interval: '500ms'}}],
    })
    const before = await moody.count('server/discover')
    const until = performance.now() + 1500
    while (performance.now() < until) {
      await callTool(runtime.url, 'm__echo', {text: 'x'})
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    expect(await moody.count('server/discover')).toBe(before)
  })

  it('are not made where they are switched off', async () => {
    const moody = await startMoody()
    const runtime = await startRuntime({
      servers: [
        {id: 'm', endpoint: moody.endpoint, health_check: {...check, enabled: false}},
        {...stdioServer('watched', 'echo.mjs'), health_check: check},
      ],
    })
    await vi.waitFor(async () => {
      const {servers} = await new ControlClient(runtime.record.socket).snapshot()
      expect(servers[1]?.probe?.successes).toBeGreaterThan(2)
      expect(servers[0]?.probe).toBeUndefined()
    })
  })
})
