import {describe, expect, it} from 'vitest'
import type {HttpHead} from '../../src/mcp/http-client.ts'
import {HttpResponseReader} from '../../src/mcp/http-response-reader.ts'
import fc from '../helpers/properties.ts'

interface Read {
  readonly status: number | undefined
  readonly headers: HttpHead
  readonly body: string
  readonly done: boolean
  readonly keptForMs: number | null
  /** Bytes that do not belong to the response. */
  readonly left: number
}

/** Feeds `text`, cut at `cuts`, and closes the connection if asked. */
function read(text: string, {cuts = [], close = false}: {cuts?: readonly number[]; close?: boolean} = {}): Read {
  let status: number | undefined
  let headers: HttpHead = {}
  const body: Buffer[] = []
  const reader = new HttpResponseReader({
    head: (code, fields) => {
      status = code
      headers = fields
    },
    data: chunk => body.push(Buffer.from(chunk)),
  })
  const bytes = Buffer.from(text, 'latin1')
  let left = 0
  let from = 0
  for (const cut of [...new Set(cuts.map(cut => cut % (bytes.length + 1)))]
    .sort((a, b) => a - b)
    .concat(bytes.length)) {
    if (reader.done) left += cut - from
    else left += cut - from - reader.push(bytes.subarray(from, cut))
    from = cut
  }
  if (close) reader.closed()
  return {
    status,
    headers,
    body: Buffer.concat(body).toString('latin1'),
    done: reader.done,
    keptForMs: reader.keptForMs,
    left,
  }
}

const ok = 'HTTP/1.1 200 OK\r\n'

describe('a response', () => {
  it('with a length ends there, whatever follows', () => {
    const seen = read(`${ok}Content-Length: 5\r\nX-A: b\r\n\r\nhello, and more`)
    expect(seen).toMatchObject({status: 200, body: 'hello', done: true, left: 10, headers: {'x-a': 'b'}})
  })

  it('in chunks is put together, extensions and trailers passed over', () => {
    const text = `${ok}Transfer-Encoding: chunked\r\n\r\n5;name="v"\r\nhello\r\n1\r\n!\r\n0\r\nX-Sum: 1\r\n\r\n`
    expect(read(text)).toMatchObject({body: 'hello!', done: true, left: 0})
  })

  it('without either ends with the connection, which is not used again', () => {
    expect(read(`${ok}\r\nall of it`)).toMatchObject({done: false})
    expect(read(`${ok}\r\nall of it`, {close: true})).toMatchObject({body: 'all of it', done: true, keptForMs: 0})
  })

  it('that cannot have a body ends with its head', () => {
    for (const status of ['204 No Content', '304 Not Modified'])
      expect(read(`HTTP/1.1 ${status}\r\n\r\n`)).toMatchObject({done: true, body: '', keptForMs: null})
    expect(read(`${ok}content-length: 0\r\n\r\n`)).toMatchObject({done: true})
  })

  it('is waited for behind any number of announcements', () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n'
    expect(read(`${early}${ok}content-length: 2\r\n\r\nhi`)).toMatchObject({status: 200, body: 'hi'})
  })

  it('keeps repeated headers apart, and equal lengths as one', () => {
    const seen = read(`${ok}Set-Cookie: a\r\nset-cookie: b\r\nContent-Length: 2\r\ncontent-length: 2\r\n\r\nhi`)
    expect(seen).toMatchObject({headers: {'set-cookie': ['a', 'b']}, body: 'hi'})
  })

  it.each([
    ['', null],
    ['Connection: close\r\n', 0],
    ['Connection: Keep-Alive, Foo\r\n', null],
    ['Connection: foo, CLOSE\r\n', 0],
    ['Keep-Alive: timeout=5\r\n', 4000],
    ['Keep-Alive: max=3, timeout=1\r\n', 0],
    ['Keep-Alive: nonsense\r\n', null],
  ])('with %j says how long the connection lasts', (field, kept) => {
    expect(read(`${ok}${field}content-length: 0\r\n\r\n`).keptForMs).toBe(kept)
  })

  it('of HTTP/1.0 ends the connection unless it says otherwise', () => {
    expect(read('HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n').keptForMs).toBe(0)
    expect(read('HTTP/1.0 200 OK\r\nconnection: keep-alive\r\ncontent-length: 0\r\n\r\n').keptForMs).toBe(null)
  })

  it('is the same however it is cut', () => {
    const responses = fc.constantFrom(
      `${ok}content-length: 11\r\ncontent-type: text/plain\r\n\r\nhello world`,
      `${ok}transfer-encoding: chunked\r\n\r\n6\r\nhello \r\n5\r\nworld\r\n0\r\n\r\n`,
      `HTTP/1.1 100 Continue\r\n\r\n${ok}content-length: 11\r\n\r\nhello world`,
    )
    fc.assert(
      fc.property(responses, fc.array(fc.nat(200), {maxLength: 20}), (text, cuts) => {
        expect(read(text, {cuts})).toMatchObject({status: 200, body: 'hello world', done: true, left: 0})
      }),
    )
  })
})

describe('what could be read in two ways is refused', () => {
  it.each([
    ['a length and chunks', `${ok}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n`],
    ['two lengths', `${ok}content-length: 5\r\ncontent-length: 6\r\n\r\n`],
    ['a signed length', `${ok}content-length: +5\r\n\r\n`],
    ['a listed length', `${ok}content-length: 5, 5\r\n\r\n`],
    ['an unknown coding', `${ok}transfer-encoding: gzip, chunked\r\n\r\n`],
    ['a coding twice', `${ok}transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n`],
    ['a folded header', `${ok}x-a: b\r\n c\r\n\r\n`],
    ['a space before the colon', `${ok}content-length : 5\r\n\r\n`],
    ['a header without a name', `${ok}: 5\r\n\r\n`],
    ['a header without a colon', `${ok}content-length 5\r\n\r\n`],
    ['a bare line feed in a header', `${ok}x-a: b\ncontent-length: 5\r\n\r\n`],
    ['a NUL in a header', `${ok}x-a: b\0c\r\n\r\n`],
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n\r\n'],
    ['another version', 'HTTP/2.0 200 OK\r\n\r\n'],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n'],
    ['a change of protocol', 'HTTP/1.1 101 Switching Protocols\r\n\r\n'],
    ['a chunk without a size', `${ok}transfer-encoding: chunked\r\n\r\n\r\nhello\r\n`],
    ['a chunk with a signed size', `${ok}transfer-encoding: chunked\r\n\r\n-5\r\nhello\r\n`],
    ['a chunk with an endless size', `${ok}transfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n`],
    ['a chunk longer than it says', `${ok}transfer-encoding: chunked\r\n\r\n2\r\nhello\r\n`],
    ['a chunk line with a bare line feed', `${ok}transfer-encoding: chunked\r\n\r\n5\nhello\r\n`],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow(/response|chunk/)
  })

  it('a head, a chunk line or trailers without an end', () => {
    expect(() => read(`${ok}x-a: ${'b'.repeat(70_000)}`)).toThrow(/larger than 65536 bytes/)
    expect(() => read(`${ok}transfer-encoding: chunked\r\n\r\n5;${'x'.repeat(5000)}`)).toThrow(/too long/)
    const trailers = `${ok}transfer-encoding: chunked\r\n\r\n0\r\n${'x: y\r\n'.repeat(5000)}`
    expect(() => read(trailers)).toThrow(/trailers are too long/)
  })

  it('a greeting of another protocol, without waiting for more', () => {
    expect(() => read('SSH-2.0-OpenSSH_9.2\r\n')).toThrow(/begins with "SSH-2\.0/)
    expect(() => read('220 mail.example.com ESMTP\r\n', {cuts: [1]})).toThrow(/the response begins with/)
  })

  it('an end before the end', () => {
    for (const text of [
      ok,
      `${ok}content-length: 5\r\n\r\nhell`,
      `${ok}transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    ])
      expect(() => read(text, {close: true})).toThrow(/closed before/)
  })

  it('any bytes at all, without ever failing in another way', () => {
    const line = fc.oneof(fc.string(), fc.constantFrom('content-length: 3', 'transfer-encoding: chunked', '0', '3'))
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(500)), (lines, cuts) => {
        try {
          read(ok + lines.join('\r\n'), {cuts, close: true})
        } catch (error) {
          expect((error as {code?: string}).code).toMatch(/^(BAD_RESPONSE|CLOSED_EARLY|HEAD_TOO_LARGE)$/)
        }
      }),
    )
  })
})
