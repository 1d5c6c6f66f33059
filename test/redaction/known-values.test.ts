import {describe, expect, it} from 'vitest'
import {knownValuesRedactor} from '../../src/redaction/known-values.ts'
import fc from '../helpers/properties.ts'

const secret = 'sk-live "q+/=\\é'

describe('a known secret', () => {
  it.each([
    ['plain', secret],
    ['base64', Buffer.from(secret).toString('base64')],
    ['base64url', Buffer.from(secret).toString('base64url')],
    ['in a URL', encodeURIComponent(secret)],
    ['in JSON', JSON.stringify(secret).slice(1, -1)],
  ])('is hidden in text, %s', (_, form) => {
    const redactor = knownValuesRedactor([secret])
    const text = redactor.text(`key=${form} and ${form}.`)
    expect(text.replace(/=+/g, '=')).toMatch(/^key=‹secret:known›=? and ‹secret:known›=?\.$/)
    expect(redactor.report()).toEqual({counts: {known: 2}})
  })

  it('that is part of a longer one leaves no rest of that', () => {
    expect(knownValuesRedactor(['password', 'password-and-more']).text('password-and-more password')).toBe(
      '‹secret:known› ‹secret:known›',
    )
  })

  it('too short to tell from chance is left to the marks', () => {
    const redactor = knownValuesRedactor(['true', '', '1234567'])
    expect(redactor.text('true 1234567')).toBe('true 1234567')
    expect(redactor.report()).toEqual({counts: {}})
  })

  it('is found wherever it stands in any text', () => {
    const other = fc.string({unit: 'grapheme'}).filter(text => !'‹secret:known›'.includes(text) || text === '')
    fc.assert(
      fc.property(fc.string({unit: 'grapheme', minLength: 8}), other, other, (hidden, before, after) => {
        fc.pre(!'‹secret:known›'.includes(hidden))
        expect(knownValuesRedactor([hidden]).text(`${before}${hidden}${after}`)).not.toContain(hidden)
      }),
    )
  })
})

describe('a value', () => {
  it('comes back as a copy without known secrets, in keys and values, at any depth', () => {
    const input = {list: ['x', {[`k-${secret}`]: `v-${secret}`}], n: 1, no: null, yes: true}
    const before = structuredClone(input)
    expect(knownValuesRedactor([secret]).value(input)).toEqual({
      list: ['x', {'k-‹secret:known›': 'v-‹secret:known›'}],
      n: 1,
      no: null,
      yes: true,
    })
    expect(input).toEqual(before)
  })

  it('is replaced where it is marked, whatever it is, and counted', () => {
    const redactor = knownValuesRedactor([])
    const marks = [['servers', '*', 'env', '*'], ['auth'], ['servers', '1', 'args']]
    const input = {
      servers: [
        {id: 'a', env: {TOKEN: 'abc', PORT: 8080, NONE: null}},
        {id: 'b', args: ['--key', 'x']},
      ],
      auth: {keys: ['1']},
      other: {auth: 'kept'},
    }
    expect(redactor.value(input, marks)).toEqual({
      servers: [
        {id: 'a', env: {TOKEN: '‹secret:marked›', PORT: '‹secret:marked›', NONE: null}},
        {id: 'b', args: '‹secret:marked›'},
      ],
      auth: '‹secret:marked›',
      other: {auth: 'kept'},
    })
    expect(redactor.report()).toEqual({counts: {marked: 4}})
  })

  it('keeps a key that objects treat in their own way', () => {
    const redactor = knownValuesRedactor([])
    expect(JSON.stringify(redactor.value(JSON.parse('{"__proto__":{"a":1}}')))).toBe('{"__proto__":{"a":1}}')
  })
})

describe('a secret that is cut', () => {
  const [first, second] = ['one', 'two'].map(name => `header-that-both-share.${name.repeat(20)}.signature-${name}`)

  it.each([first, second])('is hidden as far as it goes: %s', (jwt = '') => {
    const redactor = knownValuesRedactor([first ?? '', second ?? ''])
    for (let length = 16; length <= jwt.length; length++)
      expect(redactor.text(`got ${jwt.slice(0, length)}) and more`)).toBe('got ‹secret:known›) and more')
  })
})

describe('a secret among others that begin alike', () => {
  it('leaves no part of a whole one, whichever of them it is', () => {
    const tokens = ['payload-of-the-old-one.sig1', 'payload-of-the-new-one.sig2'].map(
      rest => `eyJhbGciOiJSUzI1NiJ9.${rest}`,
    )
    const redactor = knownValuesRedactor(tokens)
    expect(redactor.text(tokens.join(' '))).toBe('‹secret:known› ‹secret:known›')
  })

  it('does not hide a path that only begins like one', () => {
    const redactor = knownValuesRedactor(['/home/alice/projects/some-long-repository'])
    const other = 'cannot read /home/alice/projects/other/config.yaml'
    expect(redactor.text(other)).toBe(other)
  })
})

describe('secrets that are renewed', () => {
  it('are known from then on, the newest eight of each owner, beside those of the start', () => {
    const redactor = knownValuesRedactor(['from-the-start'])
    for (let count = 10; count < 20; count++) redactor.renew('server:a', `token-${count}-a`)
    redactor.renew('server:b', 'token-of-b')
    redactor.learn(['learnt-later'])
    const text = redactor.text('from-the-start token-10-a token-11-a token-12-a token-19-a token-of-b learnt-later')
    expect(text.replaceAll('‹secret:known›', '*')).toBe('* token-10-a token-11-a * * * *')
  })
})
