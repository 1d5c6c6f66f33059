import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {hashApiKey, newApiKey} from '../../../src/auth/api-keys.ts'
import {ControlClient} from '../../../src/control/client.ts'
import {jwks, signingKey, startIssuer, token} from '../../auth/jwt/issuer.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {callTool, postMcp, postModern} from '../../helpers/post-mcp.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {startRecordingBackend} from './recording-backend.ts'

const request = {jsonrpc: '2.0', id: 'a-1', method: 'tools/list'}
const withToken = (text: string) => ({headers: {authorization: `Bearer ${text}`}})
const seconds = (offset: number): number => Math.floor(Date.now() / 1000) + offset

async function ask(url: string, text: string) {
  const {status, message, headers} = await postMcp(url, request, withToken(text))
  return {status, code: message?.error?.code, said: message?.error?.message, id: message?.id, headers}
}

describe('a proxy that takes tokens of a key file', () => {
  test('says of each bad one what the guide says, with 401 and -32003, and logs why without the token', async () => {
    const key = signingKey(undefined, 'RS256')
    const path = join(tempDir(), 'issuer.pem')
    writeFileSync(path, key.publicKey.export({format: 'pem', type: 'spki'}))
    const runtime = await startRuntime({
      auth: {jwt: {issuer: 'https://issuer.example', audience: ['me'], key_file: path, clock_skew: '1s'}},
    })
    const good = await token(key)
    expect(await ask(runtime.url, good)).toMatchObject({status: 200, id: 'a-1'})
    const bad = {
      expired: await token(key, {exp: seconds(-100)}),
      foreign: await token(signingKey(undefined, 'RS256')),
      audience: await token(key, {aud: 'somebody else'}),
      future: await token(key, {nbf: seconds(500)}),
    }
    expect(await ask(runtime.url, bad.expired)).toMatchObject({
      status: 401,
      code: -32003,
      said: 'OAuth token expired',
      id: 'a-1',
    })
    expect(await ask(runtime.url, bad.foreign)).toMatchObject({
      status: 401,
      code: -32003,
      said: 'JWT signature verification failed',
    })
    expect((await ask(runtime.url, bad.audience)).said).toBe('JWT audience is not accepted here')
    expect((await ask(runtime.url, bad.future)).said).toBe('JWT is not valid yet')
    expect((await ask(runtime.url, 'o1k_opaque')).said).toBe('JWT signature verification failed')
    expect((await fetch(`${runtime.url}/health`, withToken(bad.expired))).status).toBe(401)
    expect((await fetch(`${runtime.url}/health`, withToken(good))).status).toBe(200)
    await expect.poll(() => runtime.logs()['error.log']).toMatch(/ TokenAudience .*its audience is .*somebody else/)
    const logs = JSON.stringify(runtime.logs())
    expect(logs).toMatch(/ TokenExpired .*it expired 1m \d+s ago/)
    expect(logs).toMatch(/user=jwt:alice/)
    for (const text of [good, ...Object.values(bad)]) {
      expect(logs).not.toContain(text)
      expect(logs).not.toContain(text.split('.')[2])
    }

    // The issuer rotates: the file changes, and so does what is good.
    const next = signingKey(undefined, 'RS256')
    writeFileSync(path, next.publicKey.export({format: 'pem', type: 'spki'}))
    const renewed = await token(next)
    await expect.poll(async () => (await ask(runtime.url, good)).status, {timeout: 5_000}).toBe(401)
    expect((await ask(runtime.url, renewed)).status).toBe(200)
  })

  test('does not start without its key file, and says so', async () => {
    const config = {auth: {jwt: {issuer: 'i', audience: ['me'], key_file: '/nowhere/key.pem'}}}
    await expect(startRuntime(config)).rejects.toThrow(/auth\.jwt\.key_file \/nowhere\/key\.pem cannot be used/)
  })
})

describe('a proxy that takes tokens of a JWKS', () => {
  test('follows a rotation, and goes on with the last good keys while the issuer is away', async () => {
    const issuer = await startIssuer()
    const [first, second, third] = [signingKey('1'), signingKey('2'), signingKey('3')]
    issuer.pages.set('/jwks', jwks([first]))
    const runtime = await startRuntime({
      auth: {jwt: {issuer: 'https://issuer.example', audience: ['me'], jwks_url: `${issuer.url}/jwks`}},
    })
    const [one, two, three] = await Promise.all([first, second, third].map(key => token(key)))
    if (one === undefined || two === undefined || three === undefined) throw new Error('three tokens were made')
    expect((await ask(runtime.url, one)).status).toBe(200)
    expect((await ask(runtime.url, two)).said).toBe('JWT signature verification failed')

    issuer.pages.set('/jwks', jwks([first, second]))
    expect((await ask(runtime.url, await token(second))).status).toBe(200)
    expect((await ask(runtime.url, one)).status).toBe(200)

    issuer.pages.set('/jwks', jwks([second, third]))
    expect((await ask(runtime.url, three)).status).toBe(200)
    expect((await ask(runtime.url, one)).said).toBe('JWT signature verification failed')

    issuer.pages.set('/jwks', 500)
    expect((await ask(runtime.url, await token(signingKey('9')))).status).toBe(401)
    expect((await ask(runtime.url, await token(third))).status).toBe(200)
    await issuer.stop()
    expect((await ask(runtime.url, await token(second))).status).toBe(200)
    await expect.poll(() => runtime.logs()['error.log']).toMatch(/ERROR only1mcp::auth - TokenKeysUnreadable /)
    const snapshot = await new ControlClient(runtime.record.socket).snapshot()
    expect(snapshot.access?.issuers).toMatchObject([
      {issuer: 'https://issuer.example', keys: 2, error: expect.stringMatching(/HTTP 500|ECONNREFUSED/)},
    ])
  })

  test('that was never reachable lets nobody in, and starts all the same', async () => {
    const runtime = await startRuntime({
      auth: {jwt: {issuer: 'https://issuer.example', audience: ['me'], jwks_url: 'http://127.0.0.1:9/jwks'}},
    })
    const answer = await ask(runtime.url, await token(signingKey('1')))
    expect(answer).toMatchObject({status: 401, code: -32003})
    expect(answer.said).toMatch(/the keys of its issuer are not available/)
    await expect.poll(() => runtime.logs()['error.log']).toMatch(/ TokenKeysUnavailable .* blame=transport /)
  })
})

describe('a proxy that is an OAuth protected resource', () => {
  test('says where to get a token, finds the keys, and takes only tokens made for it', async () => {
    const issuer = await startIssuer()
    const key = signingKey('1')
    issuer.pages.set('/.well-known/oauth-authorization-server', {issuer: issuer.url, jwks_uri: `${issuer.url}/keys`})
    issuer.pages.set('/keys', jwks([key]))
    const resource = 'https://mcp.example.com/mcp'
    const runtime = await startRuntime({
      servers: [stdioServer('one', 'echo.mjs')],
      auth: {
        oauth: {resource, authorization_servers: [issuer.url], scopes: ['tools']},
        roles: {tools: {servers: ['one']}},
      },
    })
    const bare = await postMcp(runtime.url, request)
    expect(bare.status).toBe(401)
    expect(bare.headers.get('www-authenticate')).toBe(
      'Bearer realm="only1mcp", resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp", scope="tools"',
    )
    for (const path of ['', '/mcp']) {
      const response = await fetch(`${runtime.url}/.well-known/oauth-protected-resource${path}`)
      expect([response.status, await response.json()]).toEqual([
        200,
        {
          resource,
          authorization_servers: [issuer.url],
          bearer_methods_supported: ['header'],
          scopes_supported: ['tools'],
          resource_name: 'only1mcp',
        },
      ])
    }
    const mine = {iss: issuer.url, aud: resource}
    const good = await token(key, {...mine, scope: 'tools other'})
    expect(
      (await postModern(runtime.url, 'tools/list', {}, withToken(good))).message?.result.tools.length,
    ).toBeGreaterThan(3)
    const other = await ask(
      runtime.url,
      await token(key, {iss: issuer.url, aud: 'https://other.example', scope: 'tools'}),
    )
    expect(other).toMatchObject({status: 401, said: 'JWT audience is not accepted here'})
    expect(other.headers.get('www-authenticate')).toContain('error="invalid_token"')
    const weak = await ask(runtime.url, await token(key, {...mine, scope: 'other'}))
    expect(weak).toMatchObject({status: 403, code: -32003})
    expect(weak.headers.get('www-authenticate')).toMatch(/error="insufficient_scope".*scope="tools"/)
  })

  test('asks no address that its metadata names in a private network', async () => {
    const [issuer, inside] = await Promise.all([startIssuer(), startIssuer()])
    const key = signingKey('1')
    inside.pages.set('/keys', jwks([key]))
    issuer.pages.set('/.well-known/oauth-authorization-server', {issuer: issuer.url, jwks_uri: `${inside.url}/keys`})
    const runtime = await startRuntime({auth: {oauth: {resource: 'https://me', authorization_servers: [issuer.url]}}})
    expect((await ask(runtime.url, await token(key, {iss: issuer.url, aud: 'https://me'}))).status).toBe(401)
    expect(issuer.asked.length).toBeGreaterThan(0)
    expect(inside.asked).toEqual([])
  })
})

describe('credentials of a client', () => {
  test('never reach a backend', async () => {
    const backend = await startRecordingBackend()
    const key = newApiKey()
    const runtime = await startRuntime({
      servers: [{id: 'seen', endpoint: backend.endpoint, headers: {'x-own': 'ours'}}],
      auth: {api_keys: [{id: 'a', hash: hashApiKey(key)}]},
    })
    for (const headers of [{'x-api-key': key}, {authorization: `Bearer ${key}`}]) {
      const sent = {headers: {...headers, cookie: 'session=client'}}
      const {message} = await callTool(runtime.url, 'seen__ping', {}, sent)
      expect(message?.result.content[0].text).toBe('pong')
    }
    expect(backend.seen.length).toBeGreaterThan(3)
    for (const headers of backend.seen) {
      expect(headers['x-own']).toBe('ours')
      for (const name of ['authorization', 'x-api-key', 'cookie']) expect(headers).not.toHaveProperty(name)
      expect(JSON.stringify(headers)).not.toContain(key)
    }
  })
})

test('a configured token is what a backend gets, in place of a header of that name', async () => {
  const backend = await startRecordingBackend(({authorization}) =>
    authorization === 'Bearer our-own-token' ? 200 : 401,
  )
  const runtime = await startRuntime({
    servers: [
      {id: 'b', endpoint: backend.endpoint, headers: {Authorization: 'Basic x'}, auth: {token: 'our-own-token'}},
    ],
  })
  expect((await callTool(runtime.url, 'b__ping')).message?.result.content[0].text).toBe('pong')
  expect(JSON.stringify(runtime.logs())).not.toContain('our-own-token')
})
