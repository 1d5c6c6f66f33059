import {expect, test} from 'vitest'
import {ownProgressToken} from '../../src/mcp/progress-token.ts'

test.each([
  ['{"name":"x"}', '{"name":"x"}'],
  ['{"_meta":{"a":1}}', '{"_meta":{"a":1}}'],
  ['{ "_meta" : {"progressToken": "mine", "a":1.0} }', '{ "_meta" : {"progressToken": 7, "a":1.0} }'],
  ['{"\\u005fmeta":{"progressToken":1e3}}', '{"\\u005fmeta":{"progressToken":7}}'],
])('of %s only the token changes', (params, expected) => {
  expect(ownProgressToken(Buffer.from(params), 7)?.toString()).toBe(expected)
})

test('no params stay none', () => {
  expect(ownProgressToken(null, 7)).toBeNull()
})
