import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, describe, expect, it, vi} from 'vitest'
import {parse} from 'yaml'
import {atEnd} from '../helpers/at-end.ts'
import {freePort} from '../helpers/free-port.ts'
import {packageRoot} from '../helpers/package-root.ts'
import {type RunningProgram, spawnProgram} from '../helpers/program.ts'
import {type StartedRuntime, startRuntime} from '../helpers/start-runtime.ts'
import {connectV1, connectV2, type ToolClient} from './clients.ts'

const everything = join(packageRoot, 'node_modules/@modelcontextprotocol/server-everything/dist/index.js')

let port: number
let backend: RunningProgram
let runtime: StartedRuntime

async function startEverything(): Promise<RunningProgram> {
  const server = spawnProgram(process.execPath, [everything, 'streamableHttp'], {env: {PORT: String(port)}})
  await server.untilOutput(/listening on port/i)
  return server
}

beforeAll(async () => {
  port = await freePort()
  backend = await startEverything()
  const example = parse(readFileSync(join(packageRoot, 'examples/http-backend.yaml'), 'utf8')) as {
    servers: {endpoint: string}[]
  }
  runtime = await startRuntime({
    version: '1.0',
    servers: example.servers.map(server => ({...server, endpoint: server.endpoint.replace('4101', String(port))})),
  })
})

describe('the example with an HTTP backend', () => {
  it('serves clients of both eras with what the backend offers', async () => {
    const url = `${runtime.url}/mcp`
    const direct = await connect(() => connectV1(`http://127.0.0.1:${port}/mcp`))
    const names = (await direct.list()).map(({name}) => `everything__${name}`)
    for (const client of [
      await connect(() => connectV1(url)),
      await connect(() => connectV2(url, {pin: '2026-07-28'})),
    ]) {
      const listed = (await client.list()).map(({name}) => name)
      expect(listed).toEqual(expect.arrayContaining(names))
      expect(listed).toHaveLength(14) // one more than directly: the runtime declares roots
      const answer = await client.call('everything__get-sum', {a: 2, b: 40})
      expect(answer).toEqual(await direct.call('get-sum', {a: 2, b: 40}))
    }
  })

  it('blames the transport at once while the backend is away, and serves again when it is back', async () => {
    const client = await connect(() => connectV1(`${runtime.url}/mcp`))
    backend.child.kill('SIGKILL')
    await backend.exited
    const began = performance.now()
    await expect(client.call('everything__echo', {message: 'x'})).rejects.toMatchObject({
      code: -32_002,
      data: {blame: 'transport', delivered: 'no', serverId: 'everything'},
    })
    expect(performance.now() - began).toBeLessThan(1_000)
    backend = await startEverything()
    await vi.waitFor(() => client.call('everything__echo', {message: 'again'}), {timeout: 10_000, interval: 100})
  })
})

async function connect(open: () => Promise<ToolClient>): Promise<ToolClient> {
  const client = await open()
  atEnd(() => client.close())
  return client
}
