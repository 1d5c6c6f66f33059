import {describe, expect, it} from 'vitest'
import {encodeSseEvent} from '../../src/mcp/sse-encode.ts'

describe('an encoded event', () => {
  it('has its fields, and one data line for each line of data', () => {
    const encode = (text: string) => encodeSseEvent({data: Buffer.from(text)}).toString()
    expect(encodeSseEvent({event: 'e', id: '1', retry: 10, data: Buffer.from('{}')}).toString()).toBe(
      'event: e\nid: 1\nretry: 10\ndata: {}\n\n',
    )
    expect(encode('')).toBe('data: \n\n')
    expect(encode('a\nb\r\nc\rd')).toBe('data: a\ndata: b\ndata: c\ndata: d\n\n')
    expect(encode('a\n')).toBe('data: a\ndata: \n\n')
  })

  it.each(['a\nb', 'a\rb', 'a\0b'])('never takes a name or an id that could start a field: %j', text => {
    expect(() => encodeSseEvent({event: text, data: Buffer.from('')})).toThrow(RangeError)
    expect(() => encodeSseEvent({id: text, data: Buffer.from('')})).toThrow(RangeError)
  })
})
