import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, vi} from 'vitest'
import {hashApiKey, newApiKey} from '../../src/auth/api-keys.ts'
import {signingKey, token} from '../auth/jwt/issuer.ts'
import {stdioServer} from '../helpers/backends.ts'
import {fakeWallClock} from '../helpers/fake-wall-clock.ts'
import {postMcp, postModern} from '../helpers/post-mcp.ts'
import {startRuntime} from '../helpers/start-runtime.ts'
import {tempDir} from '../helpers/temp-dir.ts'

const ttlMs = 2_500
const recoveryMs = 1_500

it('a wall clock that jumps by an hour or a day ends nothing that it does not measure', {
  timeout: 120_000,
}, async () => {
  const clock = fakeWallClock()
  const [apiKey, eager, signing] = [newApiKey(), newApiKey(), signingKey(undefined)]
  const keyFile = join(tempDir(), 'issuer.pem')
  writeFileSync(keyFile, signing.publicKey.export({format: 'pem', type: 'spki'}))
  const runtime = await startRuntime(
    {
      servers: [
        stdioServer('echo', 'echo.mjs'),
        {...stdioServer('count', 'counting.mjs', ['legacy']), prefix: ''},
        {...stdioServer('flaky', 'echo.mjs'), timeout: '200ms'},
      ],
      cache: {enabled: true, ttl_seconds: ttlMs / 1000},
      health: {circuit_breaker: {failure_threshold: 1, success_threshold: 1, recovery_timeout: `${recoveryMs}ms`}},
      rate_limit: {per_principal: {requests_per_minute: 1200, burst: 40}},
      auth: {
        api_keys: [
          {id: 'ci', hash: hashApiKey(apiKey)},
          {id: 'eager', hash: hashApiKey(eager)},
        ],
        jwt: {issuer: 'https://issuer.example', audience: ['me'], key_file: keyFile, clock_skew: '5s'},
      },
    },
    {env: clock.env},
  )
  const {url} = runtime
  const headers = {'x-api-key': apiKey}
  const call = (name: string, args: object) =>
    postModern(url, 'tools/call', {name, arguments: args}, {headers}).then(({message}) => message)
  const read = async (uri: string): Promise<string> =>
    (await postModern(url, 'resources/read', {uri}, {headers})).message?.result.contents[0].text
  const as = async (jwt: string) =>
    (await postModern(url, 'tools/list', {}, {headers: {authorization: `Bearer ${jwt}`}})).status
  const params = {protocolVersion: '2025-11-25', capabilities: {}, clientInfo: {name: 'old', version: '1'}}
  const opened = await postMcp(url, {jsonrpc: '2.0', id: 0, method: 'initialize', params}, {headers})
  const session = {...headers, 'mcp-session-id': opened.headers.get('mcp-session-id') ?? ''}

  for (const offset of ['+1h', '-1h', '+1d', '-1d']) {
    const uri = `count:${offset}`
    expect((await call('flaky__slow', {ms: 5000}))?.error?.message, offset).toMatch(
      /no answer .*within (?:1\d\d|200) ms/,
    )
    const openedAt = performance.now()
    const slow = call('echo__slow', {ms: 800})
    const keptAt = performance.now()
    const kept = await read(uri)

    clock.set(offset)
    // The slow call's line is the first that is written by the new clock.
    const hour = (): number => lastLogHour(runtime.logs()['access.log'])
    await vi.waitFor(() => expect(hour()).toBeCloseTo(hoursOf(offset), 1), 5000)
    expect(await read(uri), offset).toBe(kept)
    expect((await call('flaky__echo', {text: 'x'}))?.error, offset).toBeDefined()
    expect(performance.now() - openedAt, 'too slow to tell').toBeLessThan(recoveryMs)
    const list = {jsonrpc: '2.0', id: 1, method: 'tools/list'}
    expect((await postMcp(url, list, {headers: session})).status, offset).toBe(200)
    expect((await slow)?.result, offset).toBeDefined()
    // What has an end by the wall clock ends with it, and comes back with it.
    const seconds = Math.floor(Date.now() / 1000)
    // Issued before any of the jumps leads to, so that its end alone decides.
    const jwt = await token(signing, {iat: seconds - 2 * 86_400, exp: seconds + 1800})
    expect(await as(jwt), offset).toBe(offset.startsWith('+') ? 401 : 200)
    await vi.waitFor(async () => expect((await call('flaky__echo', {text: 'x'}))?.result, offset).toBeDefined(), 4_000)
    await vi.waitFor(async () => expect(await read(uri), offset).not.toBe(kept), 6_000)
    expect(performance.now() - keptAt).toBeGreaterThan(ttlMs - 100)
    const flood = async (count: number): Promise<number[]> =>
      Promise.all(
        Array.from({length: count}, async () => {
          return (await postModern(url, 'tools/list', {}, {headers: {'x-api-key': eager}})).status
        }),
      )
    expect(await flood(60), offset).toContain(429)

    clock.set('+0')
    await vi.waitFor(async () => expect(await as(jwt), offset).toBe(200), 6_500)
    await vi.waitFor(async () => expect((await call('echo__echo', {text: 'x'}))?.result).toBeDefined(), 4_000)
    expect((await postMcp(url, list, {headers: session})).status, offset).toBe(200)
    await vi.waitFor(async () => expect(await flood(1), offset).toEqual([200]), 3_000)
  }
  const log = runtime.logs()['error.log'] ?? ''
  expect(log).not.toMatch(/PANIC|StallWatch|LoopStalled/)
})

/** How many hours the newest line is away from now. */
function lastLogHour(text = ''): number {
  const at = text.trimEnd().split('\n').at(-1)?.split(' ')[0] ?? ''
  return (Date.parse(at) - Date.now()) / 3_600_000
}

function hoursOf(offset: string): number {
  return Number.parseInt(offset, 10) * (offset.endsWith('d') ? 24 : 1)
}
