import {copyFileSync, readFileSync, writeFileSync} from 'node:fs'
import type https from 'node:https'
import {join} from 'node:path'
import {beforeAll, describe, expect, test, vi} from 'vitest'
import {ControlClient} from '../../../src/control/client.ts'
import {type CertificateFiles, TestAuthority} from '../../auth/certificates.ts'
import {freePort} from '../../helpers/free-port.ts'
import {findBinary, needsBinary} from '../../helpers/missing-binary.ts'
import {postMcp} from '../../helpers/post-mcp.ts'
import {spawnProgram} from '../../helpers/program.ts'
import {type StartedRuntime, startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'
import {startGuardedBackend} from './guarded-backend.ts'

const act = {jsonrpc: '2.0', id: 1, method: 'tools/call', params: {name: 'far__act', arguments: {}}}
const call = (runtime: StartedRuntime) => postMcp(runtime.url, act)

function far(endpoint: string, tls: object, more: object = {}) {
  return {servers: [{id: 'far', endpoint, auth: {tls}, ...more}]}
}

function material({cert, key}: CertificateFiles) {
  return {cert: readFileSync(cert), key: readFileSync(key)}
}

/** What the operator reads of a server that cannot be reached. */
async function downBecause(runtime: StartedRuntime) {
  const client = new ControlClient(runtime.record.socket)
  return vi.waitFor(
    async () => {
      const server = (await client.snapshot()).servers[0]
      expect(server?.status).toBe('down')
      return server?.lastError
    },
    {timeout: 5000},
  )
}

describe.skipIf(findBinary('openssl') === undefined)('TLS to a server', () => {
  let authority: TestAuthority
  let ca: string
  let server: CertificateFiles
  let client: CertificateFiles

  beforeAll(() => {
    authority = new TestAuthority()
    ca = authority.ca.cert
    server = authority.issue()
    client = authority.issue({name: 'our-proxy', alternative: 'DNS:our-proxy', usage: 'clientAuth'})
  })

  const mutual = (): https.ServerOptions => ({...material(server), ca: readFileSync(ca), requestCert: true})

  test.each(['http', 'sse'] as const)('shows our certificate and trusts its CA over %s', async transport => {
    const backend = await startGuardedBackend(mutual())
    const endpoint = transport === 'sse' ? backend.sseEndpoint : backend.endpoint
    const health_check = {path: '/live', interval: '1s'}
    const runtime = await startRuntime(far(endpoint, {ca, ...client}, {transport, health_check}))
    expect((await call(runtime)).message?.result.content[0].text).toBe('done')
    await vi.waitFor(() => expect(backend.came.filter(({rpc}) => rpc === undefined).length).toBeGreaterThan(1), {
      timeout: 5000,
    })
    expect(new Set(backend.came.map(one => one.client))).toEqual(new Set(['our-proxy']))
  })

  test('takes renewed files for new connections', async () => {
    const folder = tempDir()
    const own = {cert: join(folder, 'own.pem'), key: join(folder, 'own.key')}
    copyFileSync(client.cert, own.cert)
    copyFileSync(client.key, own.key)
    const backend = await startGuardedBackend(mutual())
    const runtime = await startRuntime(far(backend.endpoint, {ca, ...own}))
    await call(runtime)
    const renewed = authority.issue({name: 'our-proxy-renewed', alternative: 'DNS:x', usage: 'clientAuth'})
    copyFileSync(renewed.cert, own.cert)
    copyFileSync(renewed.key, own.key)
    backend.onCall = response => response.destroy()
    await call(runtime)
    backend.server.closeAllConnections()
    backend.onCall = undefined
    await vi.waitFor(
      async () => {
        await call(runtime)
        expect(backend.came.at(-1)).toMatchObject({rpc: 'tools/call', client: 'our-proxy-renewed'})
      },
      {timeout: 5000},
    )
  })

  test.each([
    ['that has expired', {days: -2}, '127.0.0.1', 'its certificate has expired', 'CERT_HAS_EXPIRED'],
    ['for another host', {alternative: 'DNS:elsewhere.example'}, '127.0.0.1', 'for another host', 'ALTNAME'],
    ['for another name', {alternative: 'DNS:elsewhere.example'}, 'localhost', 'for another host', 'ALTNAME'],
  ])('with a certificate %s is not spoken', async (_, options, host, why, code) => {
    const backend = await startGuardedBackend(material(authority.issue(options)), host)
    const runtime = await startRuntime(far(backend.endpoint, {ca}), {until: 'listening'})
    const error = await downBecause(runtime)
    expect(error).toMatchObject({kind: 'TransportFailed', blame: 'transport', message: expect.stringContaining(why)})
    expect(error?.message).toContain(backend.endpoint.replace('/mcp', ''))
    const {message} = await call(runtime)
    expect(message?.error).toMatchObject({code: -32002, data: {delivered: 'no'}})
    await runtime.stop()
    expect(Object.values(runtime.logs()).join('')).toContain(code)
    expect(backend.came).toHaveLength(0)
  })

  test.each([
    ['a self-signed certificate', () => authority.ca, 'its certificate is self-signed'],
    ['a certificate of a CA that nobody knows', () => server, 'cannot be verified'],
  ])('with %s is not spoken without its CA', async (_, files, why) => {
    const backend = await startGuardedBackend(material(files()))
    const runtime = await startRuntime({servers: [{id: 'far', endpoint: backend.endpoint}]}, {until: 'listening'})
    expect(await downBecause(runtime)).toMatchObject({kind: 'TransportFailed', message: expect.stringContaining(why)})
  })

  test('to a server that wants a certificate and gets none says that it is ours that is missing', async () => {
    // Node closes such a connection without a word; OpenSSL says why.
    const port = await freePort()
    const files = ['-cert', server.cert, '-key', server.key, '-CAfile', ca]
    const openssl = spawnProgram(needsBinary('openssl'), [
      ...['s_server', '-accept', `127.0.0.1:${port}`, '-Verify', '1', '-verify_return_error'],
      ...files,
    ])
    await openssl.untilOutput(/ACCEPT/)
    const runtime = await startRuntime(far(`https://127.0.0.1:${port}/mcp`, {ca}), {until: 'listening'})
    expect(await downBecause(runtime)).toMatchObject({
      kind: 'CredentialsRejected',
      blame: 'proxy',
      message: expect.stringMatching(/wants a client certificate.*auth\.tls/),
    })
  })

  test.each([
    ['is not there', () => ({ca: '/nowhere/ca.pem'}), /the CA \/nowhere\/ca\.pem cannot be read: .*ENOENT/],
    ['is no PEM', () => ({ca: written('not a certificate')}), /ca\.pem holds no certificate in PEM/],
    [
      'belongs to another certificate',
      () => ({ca, cert: client.cert, key: server.key}),
      /\.key does not belong to the/,
    ],
    [
      'has expired',
      () => ({ca, ...authority.issue({name: 'late', days: -1, usage: 'clientAuth'})}),
      /the certificate .*\.pem \(CN=late\) expired on \d{4}-/,
    ],
  ])('with a file of ours that %s names it', async (_, tls, why) => {
    const backend = await startGuardedBackend(mutual())
    const runtime = await startRuntime(far(backend.endpoint, tls()), {until: 'listening'})
    expect(await downBecause(runtime)).toMatchObject({
      kind: 'TlsFiles',
      blame: 'proxy',
      message: expect.stringMatching(why),
    })
    expect(backend.came).toHaveLength(0)
  })
})

function written(text: string): string {
  const path = join(tempDir(), 'ca.pem')
  writeFileSync(path, text)
  return path
}
