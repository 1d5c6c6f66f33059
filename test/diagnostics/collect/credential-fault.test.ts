import {expect, test} from 'vitest'
import {credentialFault} from '../../../src/diagnostics/collect/credential-fault.ts'

const now = Date.parse('2026-01-02T03:04:05Z')
const jwt = (claims: object): string =>
  ['{"alg":"HS256"}', JSON.stringify(claims), 'signature']
    .map(part => Buffer.from(part).toString('base64url'))
    .join('.')

test.each([
  ['a plain one', 'Bearer sk-abcdef1234567890', null],
  ['an API key', 'k7_abcdef==', null],
  ['one with a line end', 'Bearer sk-abc\r\n', 'holds a line break'],
  ['one with an escape', 'Bearer sk\u001b[0m', 'holds a control character'],
  ['one with its scheme', 'Bearer Bearer sk-abc', 'begins with the name of a scheme, which is sent anyway'],
  ['one in quotation marks', 'Bearer "sk-abc"', 'stands in quotation marks, which are sent along'],
  ['one with a space behind it', 'Bearer sk-abc ', 'has spaces around it'],
  ['an example', 'Bearer <your-token>', 'is a placeholder'],
  ['a JWT that has expired', `Bearer ${jwt({exp: now / 1000 - 7200})}`, 'expired 2h ago'],
  ['a JWT that is good', `Bearer ${jwt({exp: now / 1000 + 60})}`, null],
  ['a JWT without an end', jwt({sub: 'x'}), null],
  ['three words with dots', 'a.b.c', null],
])('tells of %s', (_, credential, fault) => {
  expect(credentialFault(credential, now)).toBe(fault)
})
