import {chmodSync, readdirSync, writeFileSync} from 'node:fs'
import {connect, type Socket} from 'node:net'
import {join} from 'node:path'
import {describe, expect, it, vi} from 'vitest'
import {ControlClient} from '../../src/control/client.ts'
import {atEnd} from '../helpers/at-end.ts'
import {startHttpBackend} from '../helpers/backends.ts'
import {launcher} from '../helpers/cli.ts'
import {callTool} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const limit = 128

/** The launcher with a small limit on open files. */
function limitedLauncher(): string {
  const path = join(tempDir(), 'limited')
  writeFileSync(path, `#!/bin/sh\nulimit -n ${limit}\nexec ${launcher} "$@"\n`)
  chmodSync(path, 0o700)
  return path
}

async function openIdle(url: string, count: number): Promise<Socket[]> {
  const port = Number(new URL(url).port)
  const sockets = Array.from({length: count}, () => connect(port, '127.0.0.1'))
  for (const socket of sockets) socket.on('error', () => {}) // refused, as it has to be
  atEnd(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.all(
    sockets.map(socket => new Promise(resolve => socket.once('connect', resolve).once('close', resolve))),
  )
  return sockets
}

describe('a runtime out of file descriptors', () => {
  it('lives on, blames no backend, and serves again when some are free', async () => {
    const backend = await startHttpBackend('http-echo.mjs')
    const servers = [{id: 'web', endpoint: backend.endpoint}]
    const runtime = await startRuntime({servers}, {program: limitedLauncher()})
    await vi.waitFor(async () => expect((await callTool(runtime.url, 'web__echo', {text: 'a'})).status).toBe(200))

    const sockets = await openIdle(runtime.url, limit * 2)
    const used = (): number => readdirSync(`/proc/${runtime.pid}/fd`).length
    await vi.waitFor(() => expect(used()).toBeGreaterThan(limit - 10))
    const during = await callTool(runtime.url, 'web__echo', {text: 'b'}).catch(() => 'no connection')
    expect(['no connection', 200]).toContain(typeof during === 'string' ? during : during.status)
    const said = (kind: string): boolean => Object.values(runtime.logs()).some(text => text.includes(` - ${kind} `))
    await vi.waitFor(() => expect(said('DescriptorsScarce')).toBe(true), {timeout: 5000})
    for (const socket of sockets) socket.destroy()

    await vi.waitFor(() => expect(used()).toBeLessThan(limit / 2), {timeout: 5000})
    const after = await callTool(runtime.url, 'web__echo', {text: 'c'})
    expect(after.message?.result).toMatchObject({content: [{text: 'c'}]})
    await vi.waitFor(() => expect(said('DescriptorsFree')).toBe(true), {timeout: 5000})
    expect(runtime.logs()['error.log']?.match(/DescriptorsScarce .* limit=128$/gm)).toHaveLength(1)
    const {servers: seen, pid} = await new ControlClient(runtime.record.socket).snapshot()
    expect(pid).toBe(runtime.pid)
    expect(seen[0]).toMatchObject({status: 'up', breaker: {state: 'closed', failures: 0}, restarts: 0})
  })
})
