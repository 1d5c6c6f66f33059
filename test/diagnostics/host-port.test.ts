import {expect, test} from 'vitest'
import {dialable, formatHostPort, parseHostPort} from '../../src/diagnostics/host-port.ts'

test.each([
  [{host: '127.0.0.1', port: 8080}, '127.0.0.1:8080'],
  [{host: '::1', port: 1}, '[::1]:1'],
  [{host: 'gateway.local', port: 443}, 'gateway.local:443'],
])('%o is written %s and read back', (address, text) => {
  expect(formatHostPort(address)).toBe(text)
  expect(parseHostPort(text)).toEqual(address)
})

test.each(['', '8080', 'a:b', '::1:80', 'a:123456'])('%j is no address', text => {
  expect(() => parseHostPort(text)).toThrow('is not host:port')
})

test.each([
  ['0.0.0.0', '127.0.0.1'],
  ['::', '::1'],
  ['[::1]', '::1'],
  ['10.0.0.7', '10.0.0.7'],
])('%s is dialled as %s', (listen, dial) => {
  expect(dialable(listen)).toBe(dial)
})
