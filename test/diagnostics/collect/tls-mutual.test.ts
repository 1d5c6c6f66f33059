import {copyFileSync, readFileSync} from 'node:fs'
import https from 'node:https'
import type {AddressInfo} from 'node:net'
import {join} from 'node:path'
import {beforeAll, describe, expect, test} from 'vitest'
import {tlsMutual as check} from '../../../src/diagnostics/checks/tls-mutual.ts'
import {collectorsFor} from '../../../src/diagnostics/collect/collectors.ts'
import {liveFacts} from '../../../src/diagnostics/live-facts.ts'
import {type CertificateFiles, TestAuthority} from '../../auth/certificates.ts'
import {atEnd} from '../../helpers/at-end.ts'
import {stdioServer} from '../../helpers/backends.ts'
import {runCli} from '../../helpers/cli.ts'
import {freePort} from '../../helpers/free-port.ts'
import {findBinary} from '../../helpers/missing-binary.ts'
import {startRuntime} from '../../helpers/start-runtime.ts'
import {tempDir} from '../../helpers/temp-dir.ts'

describe.skipIf(findBinary('openssl') === undefined)('the TLS listener, asked with and without a certificate', () => {
  let authority: TestAuthority
  let server: CertificateFiles
  let client: CertificateFiles
  beforeAll(() => {
    authority = new TestAuthority()
    server = authority.issue()
    client = authority.issue({name: 'ops', usage: 'clientAuth'})
  })

  /** A runtime on a port of its own, and what the check says of it. */
  async function said(config: Record<string, unknown>, env: Record<string, string> = {}) {
    const port = await freePort()
    const runtime = await startRuntime({
      server: {port: 0, tls: {port, ...server, client_ca: authority.ca.cert}},
      servers: [stdioServer('one', 'echo.mjs')],
      ...config,
    })
    const {code, stdout} = await runCli(['doctor', 'tls.mutual', '--json'], {
      env: {...runtime.env, ...env},
      cwd: tempDir(),
    })
    const [finding] = JSON.parse(stdout).findings
    return {code, ...finding}
  }
  const own = () => ({ONLY1MCP_CLIENT_CERT: client.cert, ONLY1MCP_CLIENT_KEY: client.key})

  test('refuses those without by the handshake, and takes those with one', async () => {
    const {code, status, summary, evidence} = await said({}, own())
    expect([code, status]).toEqual([0, 'pass'])
    expect(summary).toBe(`clients without a certificate are refused, ${client.cert} is let in`)
    expect(evidence[0]).toMatch(/^without one: /)
    expect(evidence[1]).toMatch(/HTTP 200/)
  }, 30_000)

  test('refuses in words where a certificate is one proof of several', async () => {
    const auth = {mtls: {enabled: true, subjects: {ops: []}}}
    const {status, evidence} = await said({auth}, own())
    expect(status).toBe('pass')
    expect(evidence[0]).toMatch(/HTTP 401/)
  }, 30_000)

  test('with none at hand says how to name one', async () => {
    const {status, summary, evidence} = await said({})
    expect([status, summary]).toEqual(['pass', expect.stringContaining('none is at hand')])
    expect(evidence).toContainEqual(expect.stringContaining('ONLY1MCP_CLIENT_CERT'))
  }, 30_000)

  test('takes one of the configuration that comes from the same CA, and not one of another', async () => {
    const endpoint = 'https://127.0.0.1:1/mcp'
    const strange = new TestAuthority('Another CA').issue({name: 'ops', usage: 'clientAuth'})
    const servers = [
      {id: 'strange', endpoint, auth: {tls: strange}},
      {id: 'web', endpoint, auth: {tls: client}},
    ]
    const {status, summary} = await said({servers: [stdioServer('one', 'echo.mjs'), ...servers]})
    expect([status, summary]).toEqual(['pass', expect.stringContaining(client.cert)])
  }, 30_000)

  test('refuses one of another CA, which is a failure where that one was meant to be good', async () => {
    const strange = new TestAuthority('Another CA').issue({name: 'ops', usage: 'clientAuth'})
    const env = {ONLY1MCP_CLIENT_CERT: strange.cert, ONLY1MCP_CLIENT_KEY: strange.key}
    const {code, status, summary} = await said({}, env)
    expect([code, status]).toEqual([1, 'fail'])
    expect(summary).toContain('client certificates do not work: a good one is refused')
  }, 30_000)

  test('of a program that lets everybody in is a failure; nobody there is a skip', async () => {
    const folder = tempDir()
    copyFileSync(authority.ca.cert, join(folder, 'ca.pem'))
    const options = {cert: readFileSync(server.cert), key: readFileSync(server.key)}
    const open = https.createServer(options, (_, response) => response.end('{}'))
    await new Promise<void>(resolve => open.listen(0, '127.0.0.1', resolve))
    atEnd(() => void open.close())
    const {port} = open.address() as AddressInfo
    const place = {configFlag: undefined, env: {}, cwd: folder, home: folder}
    const facts = liveFacts({collectors: collectorsFor(place), host: 'here', signal: new AbortController().signal})
    const fact = await facts.get(`tls.mutual:127.0.0.1:${port}|${join(folder, 'ca.pem')}`)
    expect(fact).toMatchObject({state: 'known', value: {without: {refused: null, status: 200}, with: null}})
    expect(await facts.get(`tls.mutual:127.0.0.1:1|${join(folder, 'ca.pem')}`)).toMatchObject({state: 'absent'})
    expect(await facts.get('tls.mutual:127.0.0.1:1|')).toMatchObject({state: 'absent'})
    expect(check.severity).toBe('fail')
  })
})
