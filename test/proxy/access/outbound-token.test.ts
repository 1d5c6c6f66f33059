import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test, vi} from 'vitest'
import {ControlClient} from '../../../src/control/client.ts'
import {postMcp} from '../../helpers/post-mcp.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {startGuardedBackend} from './guarded-backend.ts'
import {bearer, startTokenServer} from './token-server.ts'

const act = {jsonrpc: '2.0', id: 1, method: 'tools/call', params: {name: 'far__act', arguments: {}}}

function far(endpoint: string, oauth: object, more: object = {}) {
  return {
    servers: [
      {id: 'far', endpoint, auth: {oauth: {client_id: 'me', client_secret: 'a-long-secret', ...oauth}}, ...more},
    ],
  }
}

const call = (runtime: StartedRuntime) => postMcp(runtime.url, act)

async function serverOf({record}: StartedRuntime) {
  const client = new ControlClient(record.socket)
  const {servers} = await client.snapshot()
  return servers[0]
}

describe('the token of a server', () => {
  test.each(['http', 'sse'] as const)('goes along with every request over %s', async transport => {
    const tokens = await startTokenServer(() => bearer('token-of-mine-1'))
    const backend = await startGuardedBackend()
    backend.accepts = authorization => authorization === 'Bearer token-of-mine-1'
    const endpoint = transport === 'sse' ? backend.sseEndpoint : backend.endpoint
    const headers = {Authorization: 'Bearer what-the-token-replaces'}
    const runtime = await startRuntime(far(endpoint, {token_url: tokens.url}, {transport, headers}))
    expect((await call(runtime)).message?.result.content[0].text).toBe('done')
    await runtime.stop()
    expect(tokens.asked).toHaveLength(1)
    expect(new Set(backend.came.map(({authorization}) => authorization))).toEqual(new Set(['Bearer token-of-mine-1']))
    expect(backend.came.map(({rpc}) => rpc)).toEqual(expect.arrayContaining(['initialize', 'tools/list', 'tools/call']))
  })

  test.each(['http', 'sse'] as const)('that %s refuses is replaced, and the call carried out once', async transport => {
    const tokens = await startTokenServer(n => bearer(`token-of-mine-${n}`))
    const backend = await startGuardedBackend()
    let good = 'Bearer token-of-mine-1'
    backend.accepts = authorization => authorization === good
    const endpoint = transport === 'sse' ? backend.sseEndpoint : backend.endpoint
    const runtime = await startRuntime(far(endpoint, {token_url: tokens.url}, {transport}))
    await call(runtime)
    good = 'Bearer token-of-mine-2'
    const answers = await Promise.all(Array.from({length: 8}, () => call(runtime)))
    for (const {message} of answers) expect(message?.result?.content[0].text).toBe('done')
    expect(tokens.asked).toHaveLength(2)
    const carriedOut = backend.came.filter(({rpc, authorization}) => rpc === 'tools/call' && authorization === good)
    expect(carriedOut).toHaveLength(8)
  })

  test('that is refused again and again blames our credentials, and asks for no token each time', async () => {
    const tokens = await startTokenServer(n => bearer(`token-of-mine-${n}`))
    const backend = await startGuardedBackend()
    const runtime = await startRuntime(far(backend.endpoint, {token_url: tokens.url}))
    await call(runtime)
    backend.accepts = () => false
    for (let count = 0; count < 5; count++) {
      const {message} = await call(runtime)
      expect(message?.error?.data).toMatchObject({cause: 'CredentialsRejected', blame: 'proxy', delivered: 'no'})
    }
    expect(tokens.asked).toHaveLength(2)
  })

  test('echoed in an error is shown to nobody', async () => {
    const long = `eyJ${'x1Y2'.repeat(200)}`
    const tokens = await startTokenServer(n => bearer(`${long}-${n}`, {refresh_token: `refresh-${long}-${n}`}))
    const backend = await startGuardedBackend()
    const oauth = {token_url: tokens.url, refresh_token: 'refresh-the-first'}
    const runtime = await startRuntime(far(backend.endpoint, oauth))
    let answer: (typeof backend)['onCall']
    backend.onCall = (response, came, id) => answer?.(response, came, id)
    const texts: string[] = []
    const cases: (typeof backend)['onCall'][] = [
      (response, came) => response.writeHead(500).end(`not for ${came.authorization}`),
      (response, came) => response.writeHead(418).end(`${'a'.repeat(200)} ${came.authorization}`),
      (response, came, id) =>
        response
          .writeHead(200, {'content-type': 'application/json'})
          .end(JSON.stringify({jsonrpc: '2.0', id, error: {code: 1, message: 'no', data: [came.authorization]}})),
    ]
    for (const one of cases) {
      answer = one
      const {text, message} = await call(runtime)
      expect(message?.error).toBeDefined()
      texts.push(text)
    }
    backend.accepts = () => false
    texts.push((await call(runtime)).text)
    texts.push(JSON.stringify(await new ControlClient(runtime.record.socket).snapshot()))
    await runtime.stop()
    texts.push(...Object.values(runtime.logs()))
    expect(texts.join('')).toContain('‹secret:known›')
    for (const text of texts) expect(text).not.toContain('x1Y2x1Y2x1Y2')
    expect(readFileSync(join(runtime.stateDir, 'oauth', 'far.json'), 'utf8')).toContain(`refresh-${long}-2`)
  })

  test('whose endpoint is away keeps the server down with that reason until it is back', async () => {
    const tokens = await startTokenServer(() => ({status: 503, document: {}}))
    const backend = await startGuardedBackend()
    const config = {...far(backend.endpoint, {token_url: tokens.url}), server: {request_timeout: '3s'}}
    const runtime = await startRuntime(config, {until: 'listening'})
    await vi.waitFor(async () => {
      expect(await serverOf(runtime)).toMatchObject({
        status: 'down',
        lastError: {kind: 'TokenUnreachable', blame: 'proxy', message: expect.stringContaining('HTTP 503')},
      })
    })
    const {message} = await call(runtime)
    expect(message?.error).toMatchObject({code: -32002, data: {blame: 'proxy', delivered: 'no'}})
    expect(backend.came).toHaveLength(0)
    tokens.answer = () => bearer('token-of-mine-9')
    await vi.waitFor(async () => expect((await serverOf(runtime))?.status).toBe('up'), {timeout: 10_000})
    expect((await call(runtime)).message?.result.content[0].text).toBe('done')
  })

  test('that is refused says so, and what to do', async () => {
    const tokens = await startTokenServer(() => ({status: 401, document: {error: 'invalid_client'}}))
    const backend = await startGuardedBackend()
    const runtime = await startRuntime(far(backend.endpoint, {token_url: tokens.url}), {until: 'listening'})
    await vi.waitFor(async () => {
      const server = await serverOf(runtime)
      expect(server?.lastError).toMatchObject({kind: 'TokenRefused', blame: 'proxy'})
      expect(server?.lastError?.message).toMatch(/invalid_client.*client_id, client_secret/)
    })
  })

  test('that does not come within the time of a call is our fault, not the one of the server', async () => {
    const tokens = await startTokenServer(n => bearer(`token-of-mine-${n}`, {expires_in: 2}))
    const backend = await startGuardedBackend()
    const config = far(backend.endpoint, {token_url: tokens.url}, {timeout: '500ms'})
    const runtime = await startRuntime(config)
    await call(runtime)
    tokens.answer = () => 'hang'
    backend.accepts = () => false
    const {message} = await call(runtime)
    expect(message?.error?.data).toMatchObject({cause: 'TokenUnreachable', blame: 'proxy', delivered: 'no'})
  })

  test('goes on with a refresh token that could not be kept, and says so', async () => {
    const seen: (string | undefined)[] = []
    const tokens = await startTokenServer(n => {
      seen.push(tokens.asked.at(-1)?.refresh_token)
      return bearer(`token-of-mine-${n}`, {refresh_token: `refresh-of-mine-${n}`})
    })
    const backend = await startGuardedBackend()
    const oauth = {token_url: tokens.url, refresh_token: 'refresh-the-first'}
    const runtime = await startRuntime(far(backend.endpoint, oauth), {folder: blockedFolder()})
    await call(runtime)
    backend.accepts = authorization => authorization === 'Bearer token-of-mine-2'
    expect((await call(runtime)).message?.result.content[0].text).toBe('done')
    expect(seen).toEqual(['refresh-the-first', 'refresh-of-mine-1'])
    await runtime.stop()
    expect(Object.values(runtime.logs()).join('')).toContain('TokenUnkept')
  })

  test('is got for the health path too', async () => {
    const tokens = await startTokenServer(() => bearer('token-of-mine-1'))
    const backend = await startGuardedBackend()
    backend.accepts = authorization => authorization === 'Bearer token-of-mine-1'
    const health_check = {path: '/live', interval: '1s'}
    await startRuntime(far(backend.endpoint, {token_url: tokens.url}, {health_check}))
    await vi.waitFor(
      () =>
        expect(backend.came.filter(({method, rpc}) => method === 'GET' && rpc === undefined).length).toBeGreaterThan(1),
      {timeout: 5000},
    )
    expect(backend.came.every(({authorization}) => authorization === 'Bearer token-of-mine-1')).toBe(true)
  })
})

/** Where the folder of refresh tokens would be is a file. */
function blockedFolder(): string {
  const folder = tempDir()
  mkdirSync(join(folder, 'state'), {mode: 0o700})
  writeFileSync(join(folder, 'state', 'oauth'), '')
  return folder
}
