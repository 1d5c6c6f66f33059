import {expect, test} from 'vitest'
import {notAnAnswer, redirectTarget} from '../../src/mcp/http-answer-failure.ts'

const endpoint = 'http://api.example.com/mcp'

test.each([
  ['https://api.example.com/mcp', 'https://api.example.com/mcp'],
  ['/v2/mcp/', 'http://api.example.com/v2/mcp/'],
  ['https://user:hunter2@api.example.com/in?token=abc#x', 'https://api.example.com/in'],
  ['file:///etc/passwd', undefined],
  ['javascript:alert(1)', undefined],
  ['http://[', undefined],
  [undefined, undefined],
  [['/a', '/b'], undefined],
])('a redirect to %s leads to %s', (location, target) => {
  expect(redirectTarget(location, endpoint)).toBe(target)
})

test('names where a redirect leads, so that the endpoint can be corrected', () => {
  const seen = {status: 308, contentType: '', location: 'https://api.example.com/mcp'}
  expect(notAnAnswer(seen).message).toBe(
    'it redirects (HTTP 308) to https://api.example.com/mcp; redirects are not followed',
  )
  expect(notAnAnswer({status: 302, contentType: ''}).message).toBe(
    'it redirects (HTTP 302); redirects are not followed',
  )
})
