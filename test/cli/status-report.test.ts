import {expect, it} from 'vitest'
import {statusDocument, statusText} from '../../src/cli/status-report.ts'
import {ControlClient} from '../../src/control/client.ts'
import {stdioServer} from '../helpers/backends.ts'
import {runCli} from '../helpers/cli.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'

it('status tells true percentiles, what failed, and who is not up, and takes no time', async () => {
  const runtime = await startRuntime({
    servers: [
      stdioServer('echo', 'echo.mjs'),
      stdioServer('dies', 'dies-at-once.mjs'),
      {...stdioServer('off', 'echo.mjs'), enabled: false},
    ],
  })
  for (const ms of [100, 100, 100, 300]) await callTool(runtime.url, 'echo__slow', {ms})
  await callTool(runtime.url, 'dies__echo')

  const snapshot = await new ControlClient(runtime.record.socket).snapshot()
  const status = statusDocument(runtime.record, snapshot)
  expect(status).toMatchObject({
    state: 'running',
    url: `${runtime.url}/mcp`,
    metricsUrl: `${runtime.metricsUrl}/metrics`,
    servers: {total: 2, up: 1, notUp: ['dies']},
    tools: 7,
    requests: {inFlight: 0, errors: 1},
  })
  // Requests to /health stand in no distribution of latencies.
  expect(status.requests.p50Ms).toBeGreaterThan(99)
  expect(status.requests.p50Ms).toBeLessThan(250)
  expect(status.requests.p99Ms).toBeGreaterThan(297)
  expect(statusText(status)).toMatch(/^servers {3}1 of 2 up, 7 tools, not up: dies$/m)
  expect(statusText({...status, config: '/tmp/\u001b[2J\u202e'})).toContain('config    /tmp/␛[2J<U+202E>')

  const times: number[] = []
  for (let i = 0; i < 3; i++) {
    const began = performance.now()
    expect((await runCli(['status'], {env: runtime.env})).code).toBe(0)
    times.push(performance.now() - began)
  }
  // The fastest of three: other tests run beside this one.
  expect(Math.min(...times)).toBeLessThan(1_000)
})

it('status tells what does not work as the configuration wants it', async () => {
  const runtime = await startRuntime({observability: {request_log: {enabled: true}}})
  const snapshot = await new ControlClient(runtime.record.socket).snapshot()
  const status = statusDocument(runtime.record, snapshot)
  expect(status).toMatchObject({lastReload: null, needsRestart: [], shared: null, requestLog: {backend: 'sqlite'}})
  expect(statusText(status).split('\n')).toHaveLength(9)
  const at = '2026-01-01T00:00:00.000Z'
  const troubled = statusText({
    ...status,
    lastReload: {at, ok: false, trigger: 'file', message: 'the file is empty', problems: []},
    needsRestart: ['server.port'],
    requestLog: {
      backend: 'postgres',
      written: 1,
      dropped: 0,
      spooled: 4,
      spooledTotal: 4,
      state: 'spooling',
      lastError: null,
    },
    shared: {up: false, since: at, lastError: 'the connection was closed', sent: 0, received: 0},
  })
  expect(troubled.split('\n').slice(9)).toEqual([
    `reload    refused at ${at}: the file is empty`,
    'restart   needed for server.port',
    'requests  log is spooling: 4 rows wait',
    `shared    Redis is away since ${at}: the connection was closed`,
  ])
})

it('health status ends with 1 while a server is down, and says why', async () => {
  const runtime = await startRuntime({
    servers: [stdioServer('echo', 'echo.mjs'), {id: 'missing', command: '/no/such/program'}],
  })
  const {code, stdout} = await runCli(['health', 'status'], {env: runtime.env})
  expect(code).toBe(1)
  expect(stdout).toMatch(/^SERVER +TRANSPORT +SPEAKS +BRIDGED +STATUS +BREAKER +SINCE +TOOLS +LAST ERROR$/m)
  expect(stdout).toMatch(
    /^missing +stdio +- +- +(restarting|crash_loop) .*cannot start \/no\/such\/program: no such file.*\[proxy\]$/m,
  )
})
