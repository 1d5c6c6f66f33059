import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {stdioServer} from './backends.ts'
import {freePort} from './free-port.ts'
import {aliveDescendants, stillAlive} from './processes.ts'
import {startRuntime} from './start-runtime.ts'
import {tempDir} from './temp-dir.ts'

describe('startRuntime', () => {
  let left: ReturnType<typeof aliveDescendants> = []

  it('starts the built runtime on a configuration, with ports, state and logs of its own', async () => {
    const runtime = await startRuntime({servers: [stdioServer('echo', 'echo.mjs')]})
    expect((await fetch(`${runtime.url}/health`)).status).toBe(200)
    expect(await (await fetch(`${runtime.metricsUrl}/metrics`)).text()).toContain('only1mcp_')
    expect(runtime.pid).toBe(runtime.process.pid)
    expect(existsSync(join(runtime.stateDir, 'runtime.json'))).toBe(true)
    await fetch(`${runtime.url}/mcp`, {method: 'POST', body: 'no JSON'})
    await expect.poll(() => runtime.logs()['access.log']).toMatch(/ INFO only1mcp::access request_id=\S+ \S+ POST /)
    left = aliveDescendants(process.pid).filter(({pid, parentPid}) => pid === runtime.pid || parentPid === runtime.pid)
    expect(left.length).toBeGreaterThan(1)
  })

  it('has ended it, and its children, when the test has', () => {
    expect(left.length).toBeGreaterThan(1)
    expect(stillAlive(left)).toEqual([])
  })

  it('stops it on demand, twice without harm', async () => {
    const runtime = await startRuntime()
    expect(await runtime.stop()).toEqual({code: 0, signal: null})
    expect(await runtime.stop()).toEqual({code: 0, signal: null})
    await expect(fetch(`${runtime.url}/health`)).rejects.toThrow()
  })

  it('keeps ports and folders that it is given', async () => {
    const [folder, port] = [tempDir(), await freePort()]
    for (let run = 0; run < 2; run++) {
      const runtime = await startRuntime({server: {port}}, {folder})
      expect(runtime.url).toBe(`http://127.0.0.1:${port}`)
      await runtime.stop()
    }
  })

  it('says why a runtime did not come up', async () => {
    await expect(startRuntime({server: {port: 'no port'}})).rejects.toThrow(
      /ended with 2 before it listened\n[\s\S]*port/,
    )
    const hanging = {servers: [stdioServer('hangs', 'hangs.mjs')]}
    // On a busy machine the time may be up before it listens.
    await expect(startRuntime(hanging, {timeoutMs: 1_000})).rejects.toThrow(
      /\/health: 503|runtime\.json does not exist/,
    )
    const {url} = await startRuntime(hanging, {until: 'listening'})
    expect((await fetch(`${url}/health`)).status).toBe(503)
  })
})
