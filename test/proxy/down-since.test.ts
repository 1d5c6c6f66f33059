import {expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import {stdioServer} from '../helpers/backends.ts'
import {freePort} from '../helpers/free-port.ts'
import {startRuntime} from '../helpers/start-runtime.ts'

it('a server that is down is down since its first failure, however often it is tried again', async () => {
  const endpoint = `http://127.0.0.1:${await freePort()}/mcp`
  const runtime = await startRuntime({servers: [{id: 'gone', endpoint}, stdioServer('echo', 'echo.mjs')]})
  const control = new ControlClient(runtime.record.socket)
  const look = async () => (await control.snapshot()).servers[0]
  const first = await vi.waitFor(async () => {
    const server = await look()
    expect(server?.status).toBe('down')
    return server
  }, 5_000)
  await vi.waitFor(async () => expect((await look())?.restarts).toBeGreaterThan((first?.restarts ?? 0) + 1), 10_000)
  expect(await look()).toMatchObject({status: 'down', since: first?.since})
})
