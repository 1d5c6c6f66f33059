import {describe, expect, test} from 'vitest'
import {fetchJson} from '../../src/auth/fetch-json.ts'
import {metadataUrls} from '../../src/auth/jwt/discovery.ts'
import {isPrivateAddress} from '../../src/auth/private-address.ts'
import {startIssuer} from './jwt/issuer.ts'

describe('an address that is not public', () => {
  test.each([
    ...['127.0.0.1', '127.255.0.9', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ...['169.254.169.254', '100.64.0.1', '198.18.0.1', '224.0.0.1', '255.255.255.255', '192.0.0.192'],
    ...[
      '::1',
      '::',
      'fe80::1',
      'fe80::1%eth0',
      'fc00::1',
      'fd00:ec2::254',
      'ff02::1',
      '::ffff:127.0.0.1',
      '::ffff:7f00:1',
    ],
    ...['::127.0.0.1', '64:ff9b::7f00:1', '2002:7f00:1::', '2001:0:7f00:1::', '2001:db8::1', 'not an address', ''],
  ])('%s', address => {
    expect(isPrivateAddress(address)).toBe(true)
  })

  test.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450::1'])(
    '%s is one',
    address => {
      expect(isPrivateAddress(address)).toBe(false)
    },
  )
})

describe('a discovered URL', () => {
  test.each([
    'https://127.0.0.1/jwks',
    'https://127.1/jwks',
    'https://0x7f.1/jwks',
    'https://0x7f000001/jwks',
    'https://2130706433/jwks',
    'https://0177.0.0.1/jwks',
    'https://127.0.0.1./jwks',
    'https://１２７.０.０.１/jwks',
    'https://[::1]/jwks',
    'https://[::ffff:127.0.0.1]/jwks',
    'https://[0:0:0:0:0:0:0:1]/jwks',
    'https://localhost/jwks',
    'https://LOCALHOST./jwks',
    'https://169.254.169.254/latest/meta-data',
    'https://10.0.0.5:8443/jwks',
    'https://user:password@1.1.1.1/jwks',
    'http://1.1.1.1/jwks',
    'ftp://1.1.1.1/jwks',
    'file:///etc/passwd',
    'data:application/json,{}',
    'nothing',
  ])('%s is never asked', async url => {
    const why = await fetchJson(url, {trust: 'discovered', timeoutMs: 1_000}).then(
      () => 'it was asked',
      (error: Error) => error.message,
    )
    expect(why).toMatch(/not a public address|has to be https|user info|only http and https|no URL/)
    expect(why).not.toContain('password')
  })
})

describe('a document that is fetched', () => {
  test('may be where the operator says, and has to be JSON, small, and there', async () => {
    const issuer = await startIssuer()
    issuer.pages.set('/good', {a: 1})
    issuer.pages.set('/huge', {a: 'x'.repeat(300_000)})
    issuer.pages.set('/down', 503)
    issuer.pages.set('/elsewhere', `${issuer.url}/good`)
    issuer.pages.set('/empty', 200)
    const get = (path: string) => fetchJson(issuer.url + path, {trust: 'operator'})
    expect(await get('/good')).toEqual({a: 1})
    await expect(get('/huge')).rejects.toThrow('larger than 262144 bytes')
    await expect(get('/down')).rejects.toThrow('HTTP 503')
    await expect(get('/elsewhere')).rejects.toThrow('HTTP 302, and redirects are not followed')
    await expect(get('/empty')).rejects.toThrow('no JSON')
    expect(issuer.asked.filter(path => path === '/good')).toHaveLength(1)
  })

  test('that does not come in time is given up', async () => {
    const {createServer} = await import('node:net')
    const silent = createServer(() => {})
    await new Promise<void>(resolve => silent.listen(0, '127.0.0.1', resolve))
    const address = silent.address()
    const port = typeof address === 'object' ? address?.port : 0
    const started = performance.now()
    await expect(fetchJson(`http://127.0.0.1:${port}/`, {trust: 'operator', timeoutMs: 100})).rejects.toThrow('100 ms')
    expect(performance.now() - started).toBeLessThan(2_000)
    silent.close()
  })
})

test('the metadata of an issuer is looked for where OAuth and OpenID Connect put it', () => {
  expect(metadataUrls('https://a.example/tenant/')).toEqual([
    'https://a.example/.well-known/oauth-authorization-server/tenant',
    'https://a.example/.well-known/openid-configuration/tenant',
    'https://a.example/tenant/.well-known/openid-configuration',
  ])
  expect(metadataUrls('https://a.example')).toHaveLength(2)
})
