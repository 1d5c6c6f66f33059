import {expect, it, vi} from 'vitest'
import {runCli} from '../helpers/cli.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {startMoody} from '../proxy/moody.ts'

it('health check asks one server now, and its exit status is the answer', async () => {
  const moody = await startMoody()
  const runtime = await startRuntime({
    servers: [
      {id: 'm', endpoint: moody.endpoint, health_check: {timeout: '300ms'}},
      {id: 'dead', endpoint: 'http://127.0.0.1:1/mcp'},
    ],
  })
  const check = (...args: string[]) => runCli(['health', 'check', ...args], {env: runtime.env})
  expect(await check('m')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^m answers after [\d.]+ ms \(up, breaker closed, MCP 2026-07-28 over http\)\n$/),
  })
  await moody.mood('mode=hang&method=server/discover')
  const late = await check('m', '--json')
  expect(late.code).toBe(1)
  expect(JSON.parse(late.stdout)).toMatchObject({
    ok: false,
    error: expect.stringContaining('within 300 ms'),
    server: {id: 'm'},
  })
  await vi.waitFor(
    async () => {
      const dead = await check('dead')
      expect(dead).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/^dead does not answer: No backend available: .*refused/),
      })
    },
    {timeout: 10_000, interval: 50},
  )
  expect(await check('nobody')).toMatchObject({code: 2, stderr: expect.stringContaining('It has: m, dead')})
})

it('health history shows what the probes saw, also when the runtime has ended', async () => {
  const moody = await startMoody()
  const check = {interval: '50ms', timeout: '200ms', unhealthy_threshold: 2}
  const runtime = await startRuntime({servers: [{id: 'm', endpoint: moody.endpoint, health_check: check}]})
  const history = (...args: string[]) =>
    runCli(['health', 'history', '--server', 'm', '--last', '1h', ...args], {env: runtime.env})
  const read = async () => JSON.parse((await history('--json')).stdout)
  await vi.waitFor(async () => expect((await read()).checks).toBeGreaterThan(3), {timeout: 8000})
  await moody.mood('mode=hang&method=server/discover')
  await vi.waitFor(async () => expect((await read()).failures).toBeGreaterThan(1), {timeout: 8000})
  await runtime.stop()
  const document = await read()
  expect(document).toMatchObject({schemaVersion: 1, server: 'm', latency: {p50: expect.any(Number)}})
  expect(document.rows.at(-1)).toMatchObject({ok: false})
  const {code, stdout} = await history()
  expect(code).toBe(0)
  expect(stdout).toMatch(/^m: \d+ looks in the last 1h.*, \d+ bad \([\d.]+ %\)\nlatency p50 /)
  expect(stdout).toMatch(
    /^latency {2}[ ▁-█✗]+ {2}to [\d.]+ms\nup\/down {2}·+[━✗]+\n +\d\d:\d\d:\d\d +one cell is 1m +\d\d:\d\d:\d\d UTC$/m,
  )
  expect(stdout).toMatch(/within 200 ms/)
  expect(await runCli(['health', 'history', '--server', 'm', '--last', 'soon'], {env: runtime.env})).toMatchObject({
    code: 2,
  })
  expect(await runCli(['health', 'history', '--server', 'nobody'], {env: runtime.env})).toMatchObject({
    code: 0,
    stdout: 'nobody: nothing was seen of it in the last 1h\n',
  })
})
