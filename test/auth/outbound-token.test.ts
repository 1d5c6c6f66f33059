import {mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs'
import http from 'node:http'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {describe, expect, test} from 'vitest'
import {stringify} from 'yaml'
import {OutboundToken, type TokenSettings} from '../../src/auth/outbound-token.ts'
import {refreshMemory} from '../../src/auth/refresh-memory.ts'
import {atEnd} from '../helpers/at-end.ts'
import {runCli} from '../helpers/cli.ts'
import {tempDir} from '../helpers/temp-dir.ts'

interface Asked {
  readonly authorization: string | undefined
  readonly form: Readonly<Record<string, string>>
}

/** A token endpoint. @param answer status and document for the n-th request, from 1 */
async function tokenEndpoint(answer: (n: number) => {status?: number; document: object}) {
  const asked: Asked[] = []
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString()))
    asked.push({authorization: request.headers.authorization, form})
    const {status = 200, document} = answer(asked.length)
    response.writeHead(status, {'content-type': 'application/json'}).end(JSON.stringify(document))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => {
    server.close()
    server.closeAllConnections()
  })
  return {url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`, asked}
}

const clock = () => {
  const state = {ms: 0, now: () => state.ms, wallMs: () => 1_800_000_000_000 + state.ms}
  return state
}
const noMemory = {read: () => undefined, write: () => {}}
const settings = (url: string, more: Partial<TokenSettings> = {}): TokenSettings => ({
  token_url: url,
  client_id: 'me',
  client_secret: 's3cret:%/ä',
  client_auth: 'basic',
  ...more,
})
const bearer = (n: number, more: object = {}) => ({
  document: {access_token: `token-${n}`, token_type: 'Bearer', expires_in: 100, ...more},
})

describe('the token for a backend', () => {
  test('is got once for many, with the credentials of the client', async () => {
    const {url, asked} = await tokenEndpoint(n => bearer(n))
    const token = new OutboundToken({settings: settings(url, {scope: 'a b'}), memory: noMemory, clock: clock()})
    expect(await Promise.all([1, 2, 3].map(() => token.authorization()))).toEqual(Array(3).fill('Bearer token-1'))
    expect(token.authorization()).toBe('Bearer token-1')
    expect(asked).toHaveLength(1)
    expect(asked[0]?.form).toEqual({grant_type: 'client_credentials', scope: 'a b'})
    const basic = Buffer.from(asked[0]?.authorization?.slice(6) ?? '', 'base64').toString()
    expect(basic).toBe('me:s3cret%3A%25%2F%C3%A4')
  })

  test('is renewed beside the calls before it ends, and waited for after', async () => {
    const {url, asked} = await tokenEndpoint(n => bearer(n))
    const time = clock()
    const token = new OutboundToken({settings: settings(url), memory: noMemory, clock: time})
    await token.authorization()
    time.ms = 79_000
    expect(token.authorization()).toBe('Bearer token-1')
    expect(asked).toHaveLength(1)
    time.ms = 81_000
    expect(token.authorization()).toBe('Bearer token-1')
    await expect.poll(() => token.authorization()).toBe('Bearer token-2')
    time.ms = 500_000
    expect(await token.authorization()).toBe('Bearer token-3')
    token.forget('Bearer token-2')
    expect(token.authorization()).toBe('Bearer token-3')
    token.forget('Bearer token-3')
    expect(await token.authorization()).toBe('Bearer token-4')
  })

  test('stays in use while its server is away', async () => {
    const {url} = await tokenEndpoint(n => (n === 1 ? bearer(1) : {status: 503, document: {}}))
    const time = clock()
    const token = new OutboundToken({settings: settings(url), memory: noMemory, clock: time})
    await token.authorization()
    time.ms = 90_000
    expect(token.authorization()).toBe('Bearer token-1')
    time.ms = 101_000
    await expect(token.authorization()).rejects.toMatchObject({code: 'TOKEN_UNREACHABLE'})
  })

  test('that is refused says why, and nothing of what was sent', async () => {
    const secrets = ['s3cret', 'refresh-me']
    const document = {error: 'invalid_grant', error_description: `${secrets.join(' ')} is not good`}
    const {url} = await tokenEndpoint(() => ({status: 400, document}))
    const token = new OutboundToken({
      settings: settings(url, {refresh_token: 'refresh-me'}),
      memory: noMemory,
      clock: clock(),
    })
    const error = await Promise.resolve(token.authorization()).catch((thrown: Error) => thrown)
    expect(error).toMatchObject({code: 'TOKEN_REFUSED', message: expect.stringContaining('invalid_grant')})
    for (const secret of secrets) expect(JSON.stringify([error, String(error)])).not.toContain(secret)
  })

  test.each([
    ['nothing', {}],
    ['a token with a line break', {access_token: 'a\r\nx-evil: 1'}],
    ['another type', {access_token: 'a', token_type: 'mac'}],
  ])('%s is no token', async (_, document) => {
    const {url} = await tokenEndpoint(() => ({document}))
    const token = new OutboundToken({settings: settings(url), memory: noMemory, clock: clock()})
    await expect(token.authorization()).rejects.toMatchObject({code: 'TOKEN_REFUSED'})
  })
})

describe('a refresh token that is exchanged', () => {
  test('is kept for the next time, mode 0600, until the configuration has another', async () => {
    const {url, asked} = await tokenEndpoint(n => bearer(n, {refresh_token: `next-${n}`}))
    const folder = tempDir()
    const token = (configured: string) =>
      new OutboundToken({
        settings: settings(url, {refresh_token: configured, client_auth: 'post'}),
        memory: refreshMemory(folder, 'github', configured),
        clock: clock(),
      })
    expect((await token('first').refresh()).rotated).toBe(true)
    await token('first').refresh()
    await token('other').refresh()
    expect(asked.map(({form}) => form.refresh_token)).toEqual(['first', 'next-1', 'other'])
    expect(asked[0]).toMatchObject({authorization: undefined, form: {client_id: 'me', client_secret: 's3cret:%/ä'}})
    expect(statSync(join(folder, 'oauth/github.json')).mode & 0o777).toBe(0o600)
  })

  test('is not read through a link, nor from what is no such file', () => {
    const folder = tempDir()
    mkdirSync(join(folder, 'oauth'))
    writeFileSync(join(folder, 'elsewhere'), '{}')
    symlinkSync(join(folder, 'elsewhere'), join(folder, 'oauth/a.json'))
    writeFileSync(join(folder, 'oauth/b.json'), 'broken')
    for (const id of ['a', 'b', 'c']) expect(refreshMemory(folder, id, 'x').read()).toBe(undefined)
  })
})

describe('auth refresh', () => {
  test('gets a token once, says when it ends and never what it is', async () => {
    const {url, asked} = await tokenEndpoint(n => bearer(n, {expires_in: 3600, refresh_token: 'next'}))
    const folder = tempDir()
    const path = join(folder, 'c.yaml')
    const oauth = {token_url: url, client_id: 'me', refresh_token: `\${REFRESH}`}
    writeFileSync(
      path,
      stringify({
        servers: [
          {id: 'github', endpoint: 'http://127.0.0.1:1/mcp', auth: {oauth}},
          {id: 'plain', command: 'x'},
        ],
      }),
    )
    const env = {ONLY1MCP_STATE_DIR: folder, REFRESH: 'refresh-me-1'}
    const run = (...args: string[]) => runCli(['auth', 'refresh', ...args, '--config', path], {env})
    const {code, stdout, stderr} = await run('github')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^github: a token was given, it expires \d{4}-\S+Z \(in 1h\)\n/)
    for (const secret of ['token-1', 'refresh-me-1', '"next"']) expect(stdout + stderr).not.toContain(secret)
    expect(asked[0]?.form.refresh_token).toBe('refresh-me-1')
    expect(readFileSync(join(folder, 'oauth/github.json'), 'utf8')).toContain('"next"')
    expect(JSON.parse((await run('github', '--json')).stdout)).toMatchObject({server: 'github', expiresInMs: 3_600_000})
    expect((await run('plain')).code).toBe(2)
    const unknown = await run('gihub')
    expect([unknown.code, /Did you mean github/.test(unknown.stderr)]).toEqual([2, true])
  })
})
