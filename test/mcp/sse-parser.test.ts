import {describe, expect, it} from 'vitest'
import type {DroppedMessage} from '../../src/mcp/dropped-message.ts'
import {encodeSseEvent} from '../../src/mcp/sse-encode.ts'
import {SseParser} from '../../src/mcp/sse-parser.ts'
import fc from '../helpers/properties.ts'

interface Read {
  readonly event: string
  readonly data: string
  readonly id: string | null
  readonly retry: number | null
}

interface Seen {
  readonly parser: SseParser
  readonly events: Read[]
  readonly dropped: DroppedMessage[]
}

function parser(maxEventBytes = 1000): Seen {
  const events: Read[] = []
  const dropped: DroppedMessage[] = []
  const made = new SseParser({
    maxEventBytes,
    onEvent: event => events.push({...event, data: event.data.toString()}),
    onOverflow: message => dropped.push(message),
  })
  return {parser: made, events, dropped}
}

function read(...chunks: readonly (string | Buffer)[]): Read[] {
  const {parser: made, events} = parser()
  for (const chunk of chunks) made.push(Buffer.from(chunk))
  made.end()
  return events
}

const data = (text: string): Read => ({event: 'message', data: text, id: null, retry: null})

describe('the event stream parser', () => {
  it.each([
    ['data: a\n\n', [data('a')]],
    ['data:a\r\n\r\n', [data('a')]],
    ['data:a\r\r', [data('a')]],
    ['data:  a\n\n', [data(' a')]],
    ['data: a\ndata: b\n\n', [data('a\nb')]],
    ['data\n\n', [data('')]],
    ['data\ndata\n\n', [data('\n')]],
    ['data:\n\n', [data('')]],
    ['\n\n\ndata: a\n\n\n\n', [data('a')]],
    [': comment\n\n:\ndata: a\n:x\n\n', [data('a')]],
    ['data: a\n', []],
    ['data: a', []],
    ['event: x\n\ndata: a\n\n', [data('a')]],
    ['event: x\ndata: a\n\ndata: b\n\n', [{...data('a'), event: 'x'}, data('b')]],
    ['event: x\nevent: y\ndata: a\n\n', [{...data('a'), event: 'y'}]],
    ['event\ndata: a\n\n', [data('a')]],
    [
      'id: 1\ndata: a\n\ndata: b\n\n',
      [
        {...data('a'), id: '1'},
        {...data('b'), id: '1'},
      ],
    ],
    ['id: 1\n\ndata: b\n\n', [{...data('b'), id: '1'}]],
    [
      'id: 1\ndata: a\n\nid\ndata: b\n\n',
      [
        {...data('a'), id: '1'},
        {...data('b'), id: ''},
      ],
    ],
    ['id: 1\u0000\ndata: a\n\n', [data('a')]],
    ['retry: 250\ndata: a\n\ndata: b\n\n', [{...data('a'), retry: 250}, data('b')]],
    ['retry: 250\n\ndata: a\n\n', [{...data('a'), retry: 250}]],
    ['retry: 2.5\nretry: -1\nretry: 1s\ndata: a\n\n', [data('a')]],
    ['Data: a\ndatax: b\n data: c\nunknown\ndata: d\n\n', [data('d')]],
    ['\ufeffdata: a\n\n', [data('a')]],
    ['\ufeff\ufeffdata: a\n\n', []],
    ['data: a\n\n\ufeffdata: b\n\n', [data('a')]],
    ['data: {"a":": b"}\n\n', [data('{"a":": b"}')]],
    ['data: \u2028é😀\n\n', [data('\u2028é😀')]],
  ])('reads %j', (text, events) => {
    expect(read(text)).toEqual(events)
    expect(read(...[...Buffer.from(text)].map(byte => Buffer.from([byte]))), 'byte by byte').toEqual(events)
  })

  it('keeps a byte that is no UTF-8 in the data as it came', () => {
    const chunks: Buffer[] = []
    const made = new SseParser({maxEventBytes: 100, onEvent: event => chunks.push(event.data), onOverflow: () => {}})
    made.push(Buffer.from('data: \xff\xfe\n\n', 'latin1'))
    expect(chunks).toEqual([Buffer.from([0xff, 0xfe])])
  })

  it('tells the last id for a reconnect, also of an event without data', () => {
    const {parser: made} = parser()
    expect(made.lastEventId).toBeNull()
    made.push(Buffer.from('id: 7\n\nid: 8\n'))
    expect(made.lastEventId).toBe('8')
  })

  it('reads what was encoded, however it is cut', () => {
    const field = fc.string().map(text => text.replace(/[\r\n\0]/g, ''))
    const event = fc.record({
      event: field,
      id: field,
      data: fc.string({unit: fc.constantFrom('a', ':', ' ', '\n', '\r', 'é', '{')}),
    })
    fc.assert(
      fc.property(fc.array(event), fc.array(fc.nat({max: 300})), (events, cuts) => {
        const bytes = Buffer.concat(events.map(one => encodeSseEvent({...one, data: Buffer.from(one.data)})))
        const places = [0, ...cuts.map(cut => Math.min(cut, bytes.length)).sort((a, b) => a - b), bytes.length]
        const chunks = places.slice(1).map((end, index) => bytes.subarray(places[index], end))
        expect(read(...chunks)).toEqual(
          events.map(one => ({
            event: Buffer.from(one.event || 'message').toString(),
            data: Buffer.from(one.data.replace(/\r\n?/g, '\n')).toString(),
            id: Buffer.from(one.id).toString(),
            retry: null,
          })),
        )
      }),
      {numRuns: 500},
    )
  })

  it('drops an event over the limit at once, tells which message it was when that stands first, and reads on', () => {
    for (const step of [7, 10_000]) {
      const {parser: made, events, dropped} = parser(500)
      const text = 'x'.repeat(5000)
      const stream = Buffer.from(
        `data: a\n\nid: 3\ndata: {"jsonrpc":"2.0","id":7,"result":"${text}"}\ndata: more\n\ndata: {"result":"${text}","id":8}\n\nevent: y\ndata: b\n\n`,
      )
      for (let at = 0; at < stream.length; at += step) made.push(stream.subarray(at, at + step))
      expect(events).toEqual([data('a'), {...data('b'), event: 'y', id: '3'}])
      expect(dropped.map(({id}) => id?.key)).toEqual(['n:7', undefined])
    }
  })

  it('counts many small lines as one event', () => {
    const {parser: made, events, dropped} = parser(500)
    for (let i = 0; i < 1000; i++) made.push(Buffer.from('data: x\n'))
    expect(dropped.length).toBe(1)
    made.push(Buffer.from('\ndata: b\n\n'))
    expect(dropped.length).toBe(1)
    expect(events).toEqual([data('b')])
  })

  it('stays small on comments and lines without end', () => {
    const {parser: made, events, dropped} = parser(1000)
    const before = process.memoryUsage().arrayBuffers
    const piece = Buffer.alloc(1_000_000, 'x')
    made.push(Buffer.from(':'))
    for (let i = 0; i < 100; i++) made.push(piece)
    made.push(Buffer.from('\ndata: a\n\ndata: '))
    expect(events).toEqual([data('a')])
    for (let i = 0; i < 100; i++) made.push(piece)
    expect(dropped.length).toBe(1)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(32_000_000)
  })
})
