import {fileURLToPath} from 'node:url'
import {beforeAll, describe, expect, test} from 'vitest'
import {startHttpBackend} from '../../helpers/backends.ts'
import {freePort} from '../../helpers/free-port.ts'
import {callTool, postModern} from '../../helpers/post-mcp.ts'
import {spawnProgram} from '../../helpers/program.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'

const everything = fileURLToPath(
  new URL('../../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url),
)

let runtime: StartedRuntime

beforeAll(async () => {
  const port = await freePort()
  const server = spawnProgram(process.execPath, [everything, 'sse'], {env: {PORT: String(port)}})
  await server.untilOutput(/running on port/)
  const own = await startHttpBackend('http-sse.mjs')
  runtime = await startRuntime({
    servers: [
      {id: 'everything', transport: 'sse', endpoint: `http://127.0.0.1:${port}/sse`},
      {id: 'old', transport: 'sse', endpoint: `http://127.0.0.1:${own.port}/sse`},
    ],
  })
})

describe('backends that speak HTTP+SSE', () => {
  test('the reference server has its tools listed and called', async () => {
    const {message} = await postModern(runtime.url, 'tools/list')
    const names = message?.result.tools.map(({name}: {name: string}) => name)
    expect(names).toContain('everything__echo')
    expect(names).toContain('old__echo')
    const echo = await callTool(runtime.url, 'everything__echo', {message: 'hello'})
    expect(echo.message?.result.content[0].text).toBe('Echo: hello')
  })

  test('its resources and prompts are there as well', async () => {
    const {message} = await postModern(runtime.url, 'resources/list')
    const [first] = message?.result.resources ?? []
    expect(first.uri).toMatch(/^everything\+/)
    const read = await postModern(runtime.url, 'resources/read', {uri: first.uri})
    expect(read.message?.result.contents[0].uri).toBe(first.uri)
    const prompts = await postModern(runtime.url, 'prompts/list')
    expect(prompts.message?.result.prompts[0].name).toMatch(/^everything__/)
  })

  test('a hundred calls at once each get their own answer', async () => {
    const replies = await Promise.all(
      Array.from({length: 100}, (_, index) => callTool(runtime.url, 'old__echo', {text: `nonce ${index}`})),
    )
    expect(replies.map(({message}) => message?.result?.content[0].text)).toEqual(
      Array.from({length: 100}, (_, index) => `nonce ${index}`),
    )
  })
})
