import {expect, test} from 'vitest'
import {oneLine} from '../../src/mcp/one-line.ts'

test('line breaks between tokens become spaces; escaped ones and the caller’s bytes stay', () => {
  const message = Buffer.from('{"a":\r\n"x\\n",\n"b":1}')
  expect(oneLine(message).toString()).toBe('{"a":  "x\\n", "b":1}')
  expect(message.includes(0x0a)).toBe(true)
  const flat = Buffer.from('{"a":1}')
  expect(oneLine(flat)).toBe(flat)
})
