import {copyFileSync, readFileSync} from 'node:fs'
import https from 'node:https'
import {join} from 'node:path'
import tls from 'node:tls'
import {beforeAll, describe, expect, test} from 'vitest'
import {hashApiKey, newApiKey} from '../../../src/auth/api-keys.ts'
import {ControlClient} from '../../../src/control/client.ts'
import {type CertificateFiles, TestAuthority} from '../../auth/certificates.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {runCli} from '../../helpers/cli.ts'
import {findBinary} from '../../helpers/missing-binary.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

interface Answer {
  readonly status: number
  readonly body: {error?: {code: number; message: string; data: {cause: string}}; result?: {tools: {name: string}[]}}
}

const list = JSON.stringify({jsonrpc: '2.0', id: 5, method: 'tools/list'})

function post(port: number, options: https.RequestOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request(
      {host: '127.0.0.1', port, path: '/mcp', method: 'POST', servername: 'localhost', agent: false, ...options},
      async response => {
        const chunks: Buffer[] = []
        for await (const chunk of response) chunks.push(chunk as Buffer)
        resolve({status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(chunks).toString() || '{}')})
      },
    )
    request.on('error', reject)
    request.setHeader('content-type', 'application/json')
    request.setHeader('accept', 'application/json, text/event-stream')
    request.end(list)
  })
}

function material({cert, key}: CertificateFiles) {
  return {cert: readFileSync(cert), key: readFileSync(key)}
}

function tlsPort({record}: StartedRuntime): number {
  if (record.tlsPort === undefined) throw new Error('it has no TLS listener')
  return record.tlsPort
}

describe.skipIf(findBinary('openssl') === undefined)('the TLS listener', () => {
  let authority: TestAuthority
  let server: CertificateFiles
  let ca: Buffer

  beforeAll(() => {
    authority = new TestAuthority()
    server = authority.issue()
    ca = readFileSync(authority.ca.cert)
  })

  test('serves the same as the plain one, from TLS 1.2 on', async () => {
    const runtime = await startRuntime({
      server: {port: 0, tls: {port: 0, ...server}},
      servers: [stdioServer('one', 'echo.mjs')],
    })
    const answer = await post(tlsPort(runtime), {ca})
    expect(answer.body.result?.tools.length).toBeGreaterThan(3)
    await expect(post(tlsPort(runtime), {ca, maxVersion: 'TLSv1.1', minVersion: 'TLSv1'})).rejects.toThrow()
    expect((await post(tlsPort(runtime), {ca, maxVersion: 'TLSv1.2'})).status).toBe(200)
    const {listen} = await new ControlClient(runtime.record.socket).snapshot()
    expect(listen.tls).toMatchObject({port: tlsPort(runtime), plain: true, subject: 'CN=localhost', error: null})
    expect(runtime.process.stdout()).toMatch(
      /listens on http:\/\/127\.0\.0\.1:\d+\/mcp and https:\/\/127\.0\.0\.1:\d+\/mcp/,
    )
  })

  test('takes a client certificate as the proof of who it is, with the roles of its name', async () => {
    const runtime = await startRuntime({
      server: {port: 0, tls: {port: 0, ...server, client_ca: authority.ca.cert}},
      servers: [stdioServer('one', 'echo.mjs'), stdioServer('two', 'echo.mjs')],
      auth: {
        mtls: {enabled: true, subjects: {builder: ['r'], 'URI:spiffe://x/y': ['r']}},
        roles: {r: {servers: ['one'], tools: ['echo']}},
      },
    })
    const port = tlsPort(runtime)
    const client = (name: string, alternative = `DNS:${name}`, days = 5) =>
      material(authority.issue({name, alternative, days, usage: 'clientAuth'}))
    const known = await post(port, {ca, ...client('builder')})
    expect(known.body.result?.tools.map(({name}) => name)).toEqual(['one__echo'])
    expect((await post(port, {ca, ...client('other', 'URI:spiffe://x/y')})).status).toBe(200)

    const stranger = await post(port, {ca, ...client('stranger')})
    expect([stranger.status, stranger.body.error?.code]).toEqual([403, -32003])
    const bare = await post(port, {ca})
    expect([bare.status, bare.body.error?.data.cause]).toEqual([401, 'CredentialsMissing'])
    expect(bare.body.error?.message).toMatch(/client certificate/)
    const foreign = material(new TestAuthority('Other CA').issue({name: 'builder', usage: 'clientAuth'}))
    for (const bad of [foreign, client('builder', 'DNS:b', -2)]) {
      const refused = await post(port, {ca, ...bad})
      expect([refused.status, refused.body.error?.code, refused.body.error?.data.cause]).toEqual([
        401,
        -32003,
        'CertificateRefused',
      ])
    }
    const {logs} = runtime
    await expect.poll(() => logs()['access.log']).toMatch(/user=cert:builder/)
    await expect.poll(() => logs()['error.log']).toMatch(/CertificateRefused .*CERT_HAS_EXPIRED/)
    // Without TLS there is no certificate, so there nobody comes in.
    expect((await fetch(`${runtime.url}/mcp`, {method: 'POST', body: list})).status).toBe(401)
  })

  test('beside another proof, a certificate that is not good is not made good by it', async () => {
    const key = newApiKey()
    const runtime = await startRuntime({
      server: {port: 0, tls: {port: 0, ...server, client_ca: authority.ca.cert}},
      auth: {mtls: {enabled: true}, api_keys: [{id: 'a', hash: hashApiKey(key)}]},
    })
    const headers = {'x-api-key': key}
    expect((await post(tlsPort(runtime), {ca, headers})).status).toBe(200)
    const foreign = material(new TestAuthority('Other CA').issue({usage: 'clientAuth'}))
    expect((await post(tlsPort(runtime), {ca, headers, ...foreign})).status).toBe(401)
  })

  test('with a client CA alone, the handshake wants a certificate', async () => {
    const runtime = await startRuntime({server: {port: 0, tls: {port: 0, ...server, client_ca: authority.ca.cert}}})
    await expect(post(tlsPort(runtime), {ca, maxVersion: 'TLSv1.2'})).rejects.toThrow()
    const client = material(authority.issue({name: 'c', usage: 'clientAuth'}))
    expect((await post(tlsPort(runtime), {ca, ...client})).status).toBe(200)
  })

  test('takes a renewed certificate without ending a connection, and keeps the old one when the new is bad', async () => {
    const folder = tempDir()
    const files = {cert: join(folder, 'c.pem'), key: join(folder, 'c.key')}
    const put = (from: CertificateFiles): void => {
      copyFileSync(from.key, files.key)
      copyFileSync(from.cert, files.cert)
    }
    put(server)
    const runtime = await startRuntime({server: {port: 0, tls: {port: 0, ...files}}})
    const port = tlsPort(runtime)
    const agent = new https.Agent({keepAlive: true, maxSockets: 1, ca, servername: 'localhost'})
    expect((await post(port, {agent})).status).toBe(200)
    const named = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = tls.connect({host: '127.0.0.1', port, ca, servername: 'localhost'}, () => {
          resolve(String(socket.getPeerCertificate().subject.CN))
          socket.destroy()
        })
        socket.on('error', reject)
      })
    expect(await named()).toBe('localhost')
    put(authority.issue({name: 'renewed'}))
    await expect.poll(named, {timeout: 12_000, interval: 200}).toBe('renewed')
    copyFileSync(server.key, files.key) // not the one of the certificate
    await expect
      .poll(() => runtime.logs()['error.log'] ?? '', {timeout: 12_000})
      .toMatch(/CertificateRefused .*does not belong/)
    expect(await named()).toBe('renewed')
    // The connection from before goes on.
    const before = Object.values(agent.freeSockets).flat()[0]
    expect((await post(port, {agent})).status).toBe(200)
    expect(Object.values(agent.freeSockets).flat()[0]).toBe(before)
    agent.destroy()
  }, 40_000)

  test('can be the only one', async () => {
    const runtime = runtimeWithoutPlain({server: {port: 1, plain: false, tls: {port: 0, ...server}}})
    expect(await runtime).toMatch(/listens on https:\/\/127\.0\.0\.1:\d+\/mcp \(/)
  })

  test.each([
    ['an expired certificate', () => authority.issue({days: -2}), /certificate \S+ \(CN=localhost\) expired on \d{4}-/],
    [
      "another one's key",
      () => ({cert: server.cert, key: authority.issue().key}),
      /private key \S+ does not belong to the certificate/,
    ],
    ['no certificate', () => ({cert: server.key, key: server.key}), /holds no certificate in PEM/],
    ['no key', () => ({cert: server.cert, key: server.cert}), /holds no private key in PEM/],
    [
      'a file that is missing',
      () => ({cert: '/nowhere/c.pem', key: server.key}),
      /the certificate \/nowhere\/c\.pem cannot be read/,
    ],
  ])('does not start with %s, and says so', async (_, files, message) => {
    await expect(startRuntime({server: {port: 0, tls: {port: 0, ...files()}}})).rejects.toThrow(message)
  })
})

/** Starts without a plain listener, which the helper would wait for. @returns what it printed when it was up */
async function runtimeWithoutPlain(config: Record<string, unknown>): Promise<string> {
  const {writeFileSync} = await import('node:fs')
  const {stringify} = await import('yaml')
  const {spawnCli} = await import('../../helpers/cli.ts')
  const folder = tempDir()
  const path = join(folder, 'c.yaml')
  writeFileSync(path, stringify({observability: {metrics: {port: 0}}, ...config}))
  const env = {ONLY1MCP_STATE_DIR: folder, ONLY1MCP_LOG_DIR: folder}
  const program = spawnCli(['start', '--config', path], {env})
  await program.untilOutput(/listens on/)
  const status = await runCli(['status', '--json'], {env})
  const {url} = JSON.parse(status.stdout)
  expect(url).toMatch(/^https:/)
  const doctor = await runCli(['doctor', '--quick', '--json', '--config', path], {env})
  expect(doctor.stdout).toContain(url.replace('/mcp', '/health says 200'))
  expect(doctor.code).toBe(0)
  // Nobody but we trust the certificate of these tests: it is known from the configuration.
  const tools = await runCli(['tools', 'list', '--json'], {env})
  expect(tools.stderr).toBe('')
  expect(JSON.parse(tools.stdout)).toMatchObject({tools: []})
  return program.stdout()
}
