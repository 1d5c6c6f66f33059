import {describe, expect, it} from 'vitest'
import type {DroppedMessage} from '../../src/mcp/dropped-message.ts'
import {garbageBytes, StdioFramer} from '../../src/mcp/stdio-framer.ts'
import fc from '../helpers/properties.ts'

interface Seen {
  readonly framer: StdioFramer
  readonly messages: string[]
  readonly garbage: string[]
  readonly behind: string[]
  readonly dropped: DroppedMessage[]
}

function framer(maxMessageBytes = 1000): Seen {
  const messages: string[] = []
  const garbage: string[] = []
  const behind: string[] = []
  const dropped: DroppedMessage[] = []
  const made = new StdioFramer({
    maxMessageBytes,
    onMessage: line => messages.push(line.toString()),
    onGarbage: line => garbage.push(line.toString()),
    onBehindGarbage: rest => behind.push(rest.toString()),
    onOverflow: message => dropped.push(message),
  })
  return {framer: made, messages, garbage, behind, dropped}
}

/** Pushes the bytes cut at the given places. */
function pushCut(target: StdioFramer, bytes: Buffer, cuts: readonly number[]): void {
  let at = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    if (cut <= at || cut >= bytes.length) continue
    target.push(bytes.subarray(at, cut))
    at = cut
  }
  target.push(bytes.subarray(at))
}

describe('the stdio framer', () => {
  it('gives each line that starts like JSON, without line ends and the white space before it', () => {
    const seen = framer()
    seen.framer.push(Buffer.from('{"a":1}\n  [2]\r\n\n\r\n \t \n{"b":"\u2028é"}\n'))
    expect(seen.messages).toEqual(['{"a":1}', '[2]', '{"b":"\u2028é"}'])
    expect([seen.garbage, seen.dropped]).toEqual([[], []])
  })

  it('gives anything else as garbage, and the messages around it', () => {
    const seen = framer()
    seen.framer.push(Buffer.from('Server v1 listening\r\n{"a":1}\nnull\n\u001b[31moops {"x":1}\n{"b":2}\n'))
    expect(seen.messages).toEqual(['{"a":1}', '{"b":2}'])
    expect(seen.garbage).toEqual(['Server v1 listening', 'null', '\u001b[31moops {"x":1}'])
  })

  it('gives what may be a message behind a print without a line end, however both are cut', () => {
    const answer = `{"jsonrpc":"2.0","id":1,"result":{"text":"${'é'.repeat(200)}"}}`
    const bytes = Buffer.from(`ready: ${answer}\r\n{"a":1}\n`)
    for (let cut = 1; cut < bytes.length; cut++) {
      const seen = framer()
      pushCut(seen.framer, bytes, [cut])
      // Cut within the first characters of the message, it stays a print.
      const inStart = cut > 7 && cut < 7 + '{"jsonrpc"'.length
      expect([cut, seen.behind, seen.messages]).toEqual([cut, inStart ? [] : [answer], ['{"a":1}']])
      expect(seen.garbage[0]?.startsWith('ready: ')).toBe(true)
    }
  })

  it('passes over one that is too long behind a print, and goes on', () => {
    const seen = framer(50)
    seen.framer.push(Buffer.from(`print{"jsonrpc":"2.0","result":"${'x'.repeat(30)}`))
    seen.framer.push(Buffer.from(`${'x'.repeat(90)}"}\n{"a":1}\n`))
    expect([seen.behind, seen.messages, seen.garbage]).toEqual([[], ['{"a":1}'], ['print']])
  })

  it('takes a last line without its end when the child closes stdout', () => {
    const seen = framer()
    seen.framer.push(Buffer.from('{"a":'))
    seen.framer.push(Buffer.from('1}\r'))
    expect(seen.messages).toEqual([])
    seen.framer.end()
    seen.framer.end()
    expect(seen.messages).toEqual(['{"a":1}'])
  })

  it('gives the same lines however the bytes are cut', () => {
    const line = fc.oneof(
      fc.jsonValue().map(value => JSON.stringify({value})),
      fc.constantFrom(
        'banner',
        '',
        '  ',
        '[1]',
        '{"é":"😀"}',
        ' {"spaced":1}',
        'x'.repeat(200),
        `{"large":"${'y'.repeat(120)}"}`,
      ),
    )
    const ends = fc.constantFrom('\n', '\r\n')
    fc.assert(
      fc.property(fc.array(fc.tuple(line, ends)), fc.array(fc.nat({max: 600})), (lines, cuts) => {
        const bytes = Buffer.from(lines.map(([text, end]) => text + end).join(''))
        const whole = framer(100)
        const pieces = framer(100)
        whole.framer.push(bytes)
        pushCut(pieces.framer, bytes, cuts)
        expect(pieces.messages).toEqual(whole.messages)
        expect(pieces.garbage).toEqual(whole.garbage)
        expect(pieces.dropped.length).toBe(whole.dropped.length)
        const expected = lines
          .map(([text]) => text.trimStart())
          .filter(text => text.startsWith('{') || text.startsWith('['))
        expect(whole.messages).toEqual(expected.filter(text => Buffer.byteLength(text) <= 100))
        expect(whole.dropped.length).toBe(expected.length - whole.messages.length)
      }),
      {numRuns: 500},
    )
  })

  it('takes a message of exactly the limit, byte by byte and with CRLF, and drops one byte more', () => {
    const exact = `{"x":"${'y'.repeat(92)}"}`
    for (const end of ['\n', '\r\n']) {
      const seen = framer(exact.length)
      for (const byte of Buffer.from(exact + end)) seen.framer.push(Buffer.from([byte]))
      for (const byte of Buffer.from(` ${exact} ${end}`)) seen.framer.push(Buffer.from([byte]))
      expect(seen.messages).toEqual([exact])
      expect(seen.dropped.map(({bytes}) => bytes)).toEqual([exact.length + end.length])
    }
  })

  it('goes on with the next line behind one that was dropped', () => {
    const seen = framer(100)
    for (const piece of [`{"id":1,"result":"${'x'.repeat(300)}`, 'x'.repeat(300), '"}\n{"id":2}\nbanner\n{"id":3}\n'])
      seen.framer.push(Buffer.from(piece))
    expect(seen.messages).toEqual(['{"id":2}', '{"id":3}'])
    expect(seen.garbage).toEqual(['banner'])
    expect(seen.dropped.length).toBe(1)
  })

  it('tells at the limit which call failed when the id comes first, before the line has ended', () => {
    const seen = framer(10_000)
    seen.framer.push(Buffer.from(`{"jsonrpc":"2.0","id":"call \\"7\\"","result":{"id":1,"text":"${'x'.repeat(10_000)}`))
    expect(seen.dropped).toMatchObject([{id: {key: 's:call "7"', type: 'string'}, bytes: 10_060}])
    seen.framer.push(Buffer.from('more"}}\n{"next":1}\n'))
    expect(seen.dropped.length).toBe(1)
    expect(seen.messages).toEqual(['{"next":1}'])
  })

  it.each([
    ['"},"jsonrpc":"2.0","id":42}', 'n:42'],
    ['"} , "id" : "a\\u0062" , "jsonrpc" : "2.0" } ', 's:ab'],
    ['","y":{"id":42}},"x":{"id":5},"id":-1.5}\r', 'n:-1.5'],
  ])('tells at the end which call failed when the id comes last: …%s', (end, key) => {
    const seen = framer(10_000)
    seen.framer.push(Buffer.from('{"result":{"id":1,"text":"'))
    for (let i = 0; i < 20; i++) seen.framer.push(Buffer.alloc(1000, 'x'))
    seen.framer.push(Buffer.from(end))
    expect(seen.dropped).toEqual([])
    seen.framer.push(Buffer.from('\n'))
    expect(seen.dropped).toMatchObject([{id: {key}}])
  })

  it.each([
    ['an id inside the result', '"},"id":5}}'],
    ['an id inside an array', '"}],"id":5}]}'],
    ['escaped text that looks like one', ',\\"id\\":5}"}}'],
    ['an id that is an object', '"},"id":{}}'],
    ['a cut end', '"},"id":5'],
    ['text behind it', '"},"id":5}x'],
  ])('does not take %s for the id', (_, end) => {
    const seen = framer(1000)
    seen.framer.push(Buffer.from(`{"result":{"content":[{"text":"${'x'.repeat(9000)}${end}\n`))
    expect(seen.dropped).toMatchObject([{id: null}])
    expect(seen.dropped[0]?.head.length).toBe(4096)
    expect(seen.dropped[0]?.tail.toString().endsWith(end)).toBe(true)
  })

  it('stays small on a message without end, reports it once and is usable behind it', () => {
    const seen = framer(1024)
    const piece = Buffer.alloc(1024 * 1024, 'x')
    seen.framer.push(Buffer.from('{"result":"'))
    const before = process.memoryUsage().arrayBuffers
    for (let i = 0; i < 300; i++) seen.framer.push(piece)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 1024 * 1024)
    expect(seen.dropped).toMatchObject([{id: null}])
    seen.framer.push(Buffer.from('"}\n{"b":2}\n'))
    expect(seen.dropped.length).toBe(1)
    expect(seen.messages).toEqual(['{"b":2}'])
  })

  it.each([
    ['spaces', ' ', 0],
    ['a banner', '#', 1],
  ])('stays small on %s without end', (_, char, count) => {
    const seen = framer()
    for (let i = 0; i < 100; i++) seen.framer.push(Buffer.alloc(100_000, char))
    expect(seen.garbage.map(text => text.length)).toEqual(Array.from({length: count}, () => garbageBytes))
    seen.framer.push(Buffer.from('\n{"a":1}\n'))
    expect(seen.messages).toEqual(['{"a":1}'])
    expect(seen.garbage.length).toBe(count)
  })

  it('takes four megabytes in small chunks in linear time', () => {
    const seen = framer(8_000_000)
    const begin = performance.now()
    const piece = Buffer.alloc(16, 'x')
    seen.framer.push(Buffer.from('{"x":"'))
    for (let i = 0; i < 250_000; i++) seen.framer.push(piece)
    seen.framer.push(Buffer.from('"}\n'))
    expect(seen.messages[0]?.length).toBe(4_000_008)
    // Quadratic joining would take minutes.
    expect(performance.now() - begin).toBeLessThan(5000)
  })

  it('is ready for the next line also when a callback threw', () => {
    const messages: string[] = []
    const made = new StdioFramer({
      maxMessageBytes: 100,
      onMessage: line => {
        messages.push(line.toString())
        throw new Error('handler')
      },
      onGarbage: () => {},
      onBehindGarbage: () => {},
      onOverflow: () => {},
    })
    made.push(Buffer.from('{"a"'))
    expect(() => made.push(Buffer.from(':1}\n'))).toThrow('handler')
    expect(() => made.push(Buffer.from('{"b":1}\n'))).toThrow('handler')
    expect(messages).toEqual(['{"a":1}', '{"b":1}'])
  })
})
