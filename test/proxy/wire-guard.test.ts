import type {IncomingMessage} from 'node:http'
import {describe, expect, it} from 'vitest'
import {createWireGuard, type WireGuardOptions} from '../../src/proxy/wire-guard.ts'

const onLoopback: WireGuardOptions = {listenHost: '127.0.0.1', allowedHosts: [], allowedOrigins: []}

/** What the guard says of a request with these headers: `ok`, or the kind of its fault. */
function verdict(headers: readonly (readonly [string, string])[], options = onLoopback, url = '/mcp'): string {
  const rawHeaders = headers.flat()
  const last = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
  const request = {httpVersionMajor: 1, url, headers: last, rawHeaders} as unknown as IncomingMessage
  return createWireGuard(options)(request)?.kind ?? 'ok'
}

const host = (value: string, options?: WireGuardOptions): string => verdict([['Host', value]], options)
const origin = (value: string, options?: WireGuardOptions): string =>
  verdict(
    [
      ['Host', 'localhost'],
      ['Origin', value],
    ],
    options,
  )

describe('a Host header', () => {
  it.each([
    'localhost',
    'localhost:8080',
    'LocalHost:1',
    'localhost.',
    '127.0.0.1',
    '127.0.0.1:65535',
    '[::1]',
    '[::1]:8080',
  ])('%s is ours', value => {
    expect(host(value)).toBe('ok')
  })

  it.each([
    '',
    ' ',
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    'evil-localhost',
    'localhost@evil.example',
    'localhost:8080@evil.example',
    'localhost:8080:8080',
    'localhost:',
    'localhost:999999',
    'localhost:80a',
    'localhost/evil.example',
    'localhost#evil.example',
    'localhost?evil.example',
    'localhost,evil.example',
    'localhost evil.example',
    'localhost\u0000.evil.example',
    'locаlhost', // a Cyrillic letter
    '127.0.0.1.evil.example',
    '127.0.0.1.nip.io',
    '127.1',
    '127.0.0.2',
    '0x7f000001',
    '2130706433',
    '0177.0.0.1',
    '0.0.0.0',
    '::1',
    '[::1',
    '[::1].evil.example',
    '[::ffff:127.0.0.1]',
    '[0:0:0:0:0:0:0:1]',
    '10.0.0.1',
    '169.254.169.254',
    'http://localhost',
  ])('%j is not', value => {
    expect(host(value)).toBe('HostRefused')
  })

  it('is needed, once', () => {
    expect(verdict([])).toBe('HostRefused')
    expect(
      verdict([
        ['Host', 'localhost'],
        ['HOST', 'localhost'],
      ]),
    ).toBe('DuplicateHost')
  })

  it('may be the address that is listened on, or a name of the configuration', () => {
    const options = {...onLoopback, listenHost: '10.0.0.1', allowedHosts: ['Gateway.Example', '[fd00::1]']}
    for (const value of ['10.0.0.1:8080', 'gateway.example', 'GATEWAY.example.:443', '[fd00::1]:1']) {
      expect([value, host(value, options)]).toEqual([value, 'ok'])
    }
    for (const value of ['10.0.0.2', 'x.gateway.example', 'gateway.example.evil.example', '[fd00::2]']) {
      expect([value, host(value, options)]).toEqual([value, 'HostRefused'])
    }
  })

  it.each(['0.0.0.0', '::'])('may be any address, but no name, where %s is listened on', listenHost => {
    const options = {...onLoopback, listenHost}
    for (const value of ['10.1.2.3:8080', '[fd00::5]:8080', 'localhost']) expect(host(value, options)).toBe('ok')
    for (const value of ['evil.example', '10.1.2.3.nip.io', '1.2.3', '[evil]']) {
      expect([value, host(value, options)]).toEqual([value, 'HostRefused'])
    }
  })
})

describe('an Origin header', () => {
  it.each([
    'http://localhost',
    'http://localhost:3000',
    'https://LOCALHOST:3000',
    'http://127.0.0.1:8080',
    'http://[::1]:5173',
  ])('%s is served', value => {
    expect(origin(value)).toBe('ok')
  })

  it.each([
    '',
    'null',
    'https://evil.example',
    'http://localhost.evil.example',
    'http://evil.example/localhost',
    'http://evil.example#localhost',
    'http://evil.example?http://localhost',
    'http://localhost@evil.example',
    'http://localhost:80@evil.example',
    'http://127.0.0.1.evil.example',
    'http://localhost, http://evil.example',
    'http://localhost http://evil.example',
    'ftp://localhost',
    'file://',
    'chrome-extension://abcdefgh',
    'javascript:alert(1)',
    'localhost',
    '//localhost',
    'http:/localhost',
    'http://127.0.0.2',
    'http://[::ffff:127.0.0.1]',
    'http://0.0.0.0',
    'http://localhost:port',
  ])('%j is refused', value => {
    expect(origin(value)).toBe('OriginRefused')
  })

  it('may be one of the configuration, and nothing that only looks like it', () => {
    const options = {...onLoopback, allowedOrigins: ['https://Console.example/', 'http://10.0.0.1:81']}
    for (const value of ['https://console.example', 'HTTPS://CONSOLE.EXAMPLE', 'http://10.0.0.1:81']) {
      expect([value, origin(value, options)]).toEqual([value, 'ok'])
    }
    for (const value of [
      'http://console.example',
      'https://console.example:8443',
      'https://console.example.evil',
      'http://10.0.0.1',
    ]) {
      expect([value, origin(value, options)]).toEqual([value, 'OriginRefused'])
    }
  })
})

describe('a request target', () => {
  it.each(['http://evil.example/mcp', 'https://localhost/mcp', '*', 'evil.example:443', '', 'mcp'])(
    '%j is refused',
    url => {
      expect(verdict([['Host', 'localhost']], onLoopback, url)).toBe('BadTarget')
    },
  )
})

it('answers the same for a thousand different hosts, and again for the first', () => {
  const guard = createWireGuard(onLoopback)
  const ask = (value: string): string | undefined =>
    guard({
      httpVersionMajor: 1,
      url: '/',
      headers: {host: value},
      rawHeaders: ['Host', value],
    } as unknown as IncomingMessage)?.kind
  for (let i = 0; i < 1000; i++) expect(ask(`evil${i}.example`)).toBe('HostRefused')
  expect(ask('localhost:1234')).toBeUndefined()
  expect(ask('evil1.example')).toBe('HostRefused')
})
