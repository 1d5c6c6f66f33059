import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {shownUri, withoutFormats} from '../../src/redaction/formats.ts'

const hidden = (text: string) => withoutFormats(text, () => {})

describe('credentials that tell themselves by their form', () => {
  it.each([
    ['Authorization: Bearer abc123def456ghi', 'Authorization: Bearer ‹secret:format›'],
    ['{"authorization":"bearer sk-live_0123456789"}', '{"authorization":"bearer ‹secret:format›"}'],
    ['Basic dXNlcjpwYXNzd29yZDE=', 'Basic ‹secret:format›'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl end', 'token ‹secret:format› end'],
    ['cannot reach redis://u:pw@127.0.0.1:1/0?db=1', 'cannot reach redis://‹secret:format›@127.0.0.1:1/0?db=1'],
    ['GET /x?page=1&api_key=abc&b=2 HTTP/1.1', 'GET /x?page=1&api_key=‹secret:format›&b=2 HTTP/1.1'],
  ])('%s', (text, shown) => expect(hidden(text)).toBe(shown))

  it.each([
    'Bearer authentication is not configured',
    'github: bearer token rejected with 401',
    'Basic usage: only1mcp start',
    'eyJustAName.txt',
    'basic 1234',
    'lib+http://***@host/x?page=1&token=***',
    'mail me@example.com, or see http://example.com/?page=2',
    'npx @modelcontextprotocol/server-everything, https://registry.example/@scope/name',
  ])('%s says nothing secret', text => expect(hidden(text)).toBe(text))

  it('takes no longer for what almost is one', () => {
    for (const part of ['Bearer ', 'Bearer aaaa', 'eyJaaaaaa.', 'eyJ', 'basic\t', 'a://', 'a://b', '?token=', '&a'])
      for (const text of [part.repeat(100_000), `${part}${'a'.repeat(500_000)}`, `${part}${'a.'.repeat(250_000)}`]) {
        const began = performance.now()
        hidden(text)
        expect(performance.now() - began).toBeLessThan(500)
      }
  })
})

describe('a URI of a client', () => {
  it.each([
    ['file:///etc/hosts', 'file:///etc/hosts'],
    ['e+http://user:pw@h/x?a=1&token=abc#f', 'e+http://***@h/x?a=1&token=***#f'],
    ['db://h/t?api_key=k&api-key=&q=a@b', 'db://h/t?api_key=***&api-key=&q=a@b'],
    ['mailto:a@b.c', 'mailto:a@b.c'],
  ])('%s is shown as %s', (uri, shown) => expect(shownUri(uri)).toBe(shown))

  it('is shown, whatever it is', () => {
    fc.assert(fc.property(fc.string({unit: 'binary'}), uri => typeof shownUri(uri) === 'string'))
    const began = performance.now()
    for (const part of ['://', '&token', '?a=', '@']) shownUri(`a${part.repeat(300_000)}`)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})
