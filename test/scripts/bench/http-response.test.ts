import {describe, expect, test} from 'vitest'
import {createResponseReader} from '../../../scripts/bench/http-response.ts'
import fc from '../../helpers/properties.ts'

const plain = (body: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
const chunked = (parts: readonly string[]) => {
  const chunks = parts.map(part => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`)
  return `HTTP/1.1 404 Not Found\r\ntransfer-encoding: chunked\r\n\r\n${chunks.join('')}0\r\n\r\n`
}

const part = fc.string({unit: 'binary', minLength: 1, maxLength: 40})
const response = fc.oneof(
  fc.string({unit: 'binary', maxLength: 60}).map(body => ({status: 200, body, wire: plain(body)})),
  fc.array(part, {maxLength: 4}).map(parts => ({status: 404, body: parts.join(''), wire: chunked(parts)})),
)

describe('the response reader of the load generator', () => {
  test('reads the same responses however the bytes are split', () => {
    fc.assert(
      fc.property(
        fc.array(response, {minLength: 1, maxLength: 5}),
        fc.array(fc.nat(), {maxLength: 12}),
        (sent, cuts) => {
          const wire = Buffer.from(sent.map(one => one.wire).join(''))
          const ends = [...cuts.map(cut => cut % wire.length), wire.length].sort((a, b) => a - b)
          const read: {status: number; body: string}[] = []
          const feed = createResponseReader((status, body) => read.push({status, body: body.toString()}))

          let from = 0
          for (const end of ends) {
            if (end > from) feed(wire.subarray(from, end))
            from = end
          }

          expect(read).toEqual(sent.map(({status, body}) => ({status, body})))
        },
      ),
    )
  })
})
