import {describe, expect, it} from 'vitest'
import {checkJson} from '../../src/mcp/json-scan.ts'
import fc from '../helpers/properties.ts'

/** What JSON.parse says, on top of what the scanner asks of the bytes: UTF-8 and no byte order mark. */
function parseTakes(bytes: Buffer): boolean {
  let text: string
  try {
    text = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes)
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const scanTakes = (bytes: Buffer): boolean => checkJson(bytes, Number.POSITIVE_INFINITY) === null

const valid = [
  '0',
  '-0',
  '-1',
  '1.0',
  '1e1',
  '1E+1',
  '1e-1',
  '0e0',
  '0.0e+00',
  '123456789012345678901234567890',
  '1e999',
  '-0.0',
  'true',
  'false',
  'null',
  '""',
  '" "',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\uDBFF\\uDFFF"',
  '"\\"\\\\\\/\\b\\f\\n\\r\\t"',
  '"\u007f"',
  '"\u2028\u2029"',
  '"😀"',
  '"\uffff"',
  '[]',
  '{}',
  '[ ]',
  '{ }',
  ' \t\r\n[\r\n]\t ',
  '[[]]',
  '[{}]',
  '{"":{}}',
  '{"a":[]}',
  '[1,2]',
  '[1 ,\n2]',
  '{"a":1,"a":2}',
  '{"a" :1 , "b": [ {} , [] , "" ]}',
  '{"__proto__":1}',
  '"\\u005C"',
  '[0,-0,"",null,true,false]',
]

const invalid = [
  '',
  ' ',
  '+1',
  '01',
  '-01',
  '-',
  '--1',
  '.5',
  '-.5',
  '1.',
  '1.e1',
  '1e',
  '1e+',
  '1e1.0',
  '1.2.3',
  '0x1',
  '1_000',
  'Infinity',
  'NaN',
  '-Infinity',
  '1 2',
  '1,',
  'tru',
  'trues',
  'True',
  'nul',
  'nulll',
  'undefined',
  "'a'",
  '"',
  '"a',
  '"\\',
  '"\\"',
  '"\\x41"',
  '"\\u12"',
  '"\\u12G4"',
  '"\\uD8',
  '"\\u 123"',
  '"\\a"',
  '"\\\u00e9"',
  '"\n"',
  '"\t"',
  '"\u0000"',
  '"\u001f"',
  '[',
  ']',
  '{',
  '}',
  '[1',
  '[1,',
  '[1,]',
  '[,1]',
  '[,]',
  '[1,,2]',
  '[1 2]',
  '[1:2]',
  '[}',
  '{]',
  '[1}',
  '{"a":1]',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{,}',
  '{a:1}',
  "{'a':1}",
  '{1:1}',
  '{"a" 1}',
  '{"a",1}',
  '{"a":1 "b":2}',
  '{"a"::1}',
  '{:1}',
  '{[]:1}',
  '{"a":1}}',
  '[]]',
  '{}{}',
  '[][]',
  '// c\n1',
  '/* c */1',
  '1 // c',
  '\u00a01',
  '\u20281',
  '\ufeff1',
  '1\ufeff',
  '\u000b1',
  '\f1',
  '1\u0000',
  '\u0000',
  '[\u0000]',
  '\u0085',
  '*',
  '"a"b',
  '[1]x',
  '{"a":1}#',
  '-e1',
  '1e1e1',
  '[-]',
  '[1.]',
  '[1e]',
  '{"a":tru}',
  '{"a',
  '{"a":"',
  '[[[',
  '{"":{"":',
  '[{"":',
]

describe('the JSON scanner', () => {
  it.each(valid)('takes %j', text => {
    expect(parseTakes(Buffer.from(text)), 'JSON.parse').toBe(true)
    expect(checkJson(Buffer.from(text))).toBeNull()
  })

  it.each(invalid)('refuses %j as malformed', text => {
    expect(parseTakes(Buffer.from(text)), 'JSON.parse').toBe(false)
    expect(checkJson(Buffer.from(text))?.fault).toBe('malformed')
  })

  it('takes what JSON.parse takes, for any value however it is laid out', () => {
    fc.assert(
      fc.property(fc.jsonValue({depthSize: 'medium'}), fc.constantFrom(0, 1, '\t', ' \n'), (value, indent) => {
        expect(scanTakes(Buffer.from(JSON.stringify(value, null, indent)))).toBe(true)
      }),
      {numRuns: 500},
    )
  })

  it('agrees with JSON.parse on mutated documents', () => {
    const document = fc.oneof(
      fc.jsonValue().map(value => JSON.stringify(value)),
      fc.constantFrom(...valid, ...invalid),
    )
    const byte = fc.oneof(
      fc.constantFrom(...Buffer.from('{}[]",:\\u0123456789eE+-. \n\ttruefalsn')),
      fc.integer({min: 0, max: 255}),
    )
    const mutation = fc.record({at: fc.nat(), remove: fc.nat({max: 2}), insert: fc.array(byte, {maxLength: 2})})
    let taken = 0
    fc.assert(
      fc.property(document, fc.array(mutation, {maxLength: 3}), (text, mutations) => {
        let bytes = Buffer.from(text)
        for (const {at, remove, insert} of mutations) {
          const place = at % (bytes.length + 1)
          bytes = Buffer.concat([bytes.subarray(0, place), Buffer.from(insert), bytes.subarray(place + remove)])
        }
        const expected = parseTakes(bytes)
        if (expected) taken++
        expect(scanTakes(bytes), bytes.toString('latin1')).toBe(expected)
      }),
      {numRuns: 20_000},
    )
    expect(taken, 'mutants that are still JSON').toBeGreaterThan(500)
  })

  it('agrees with JSON.parse on every prefix and every single-byte change of a document', () => {
    const text = '{"a\\u00e9":[-0.5e+10,"x\\"\\\\",true,{"b":null,"c":[]},"\u00e9😀"],"d":false}'
    const whole = Buffer.from(text)
    for (let length = 0; length <= whole.length; length++) {
      const cut = whole.subarray(0, length)
      expect(scanTakes(cut), cut.toString()).toBe(parseTakes(cut))
    }
    for (let at = 0; at < whole.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        const changed = Buffer.from(whole)
        changed[at] = byte
        if (scanTakes(changed) !== parseTakes(changed)) expect.fail(`differs on ${changed.toString('latin1')}`)
      }
    }
  })

  it.each([
    ['a lone continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a cut sequence', [0x22, 0xe2, 0x82, 0x22]],
    ['beyond U+10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x31, 0x00]],
  ])('refuses %s as invalid UTF-8', (_, bytes) => {
    expect(checkJson(Buffer.from(bytes))?.fault).toBe('invalid-utf8')
  })

  it('names a byte order mark, and the place of any other fault', () => {
    expect(checkJson(Buffer.from('\ufeff{}'))?.why).toBe('the text starts with a byte order mark')
    expect(checkJson(Buffer.from('[1,x]'))?.why).toBe("unexpected 'x' at byte 3")
    expect(checkJson(Buffer.from('"a\nb"'))?.why).toBe('unexpected 0x0a at byte 2')
    expect(checkJson(Buffer.from('[1,'))?.why).toBe('the text ends too early, at byte 3')
  })

  it.each([
    ['arrays', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('counts nested %s: the limit itself is taken, one more is too deep', (_, open, close) => {
    const nested = (depth: number) =>
      Buffer.from(`${open.repeat(depth - 1)}${open === '[' ? '[]' : '{}'}${close.repeat(depth - 1)}`)
    expect(checkJson(nested(512))).toBeNull()
    expect(checkJson(nested(513))?.fault).toBe('too-deep')
    expect(checkJson(nested(3), 2)?.fault).toBe('too-deep')
    expect(checkJson(nested(2), 2)).toBeNull()
  })

  it('takes a million levels without a stack of its own, and calls them malformed when they are not closed', () => {
    const open = '['.repeat(1_000_000)
    expect(checkJson(Buffer.from(open + ']'.repeat(1_000_000)))?.fault).toBe('too-deep')
    expect(checkJson(Buffer.from(open))?.fault).toBe('malformed')
    expect(checkJson(Buffer.from('[{"":'.repeat(50_000)))?.fault).toBe('malformed')
    expect(checkJson(Buffer.from(`${'[{"a":'.repeat(2000)}1${'}]'.repeat(1999)}]}`))?.fault).toBe('malformed')
  })
})
