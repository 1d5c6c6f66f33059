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
  await vi.waitFor(async () => {
    const dead = await check('dead')
    expect(dead).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^dead does not answer: No backend available: .*refused/),
    })
  })
  expect(await check('nobody')).toMatchObject({code: 2, stderr: expect.stringContaining('It has: m, dead')})
})
