// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration file

import {describe, expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {setValue} from '../../src/config/set-value.ts'
import fc from '../helpers/properties.ts'

const cases: readonly [string, string, (string | number)[], string][] = [
  ['a value', 'a:\n  on: true # why\n', ['a', 'on'], 'a:\n  on: false # why\n'],
  ['a value that is a variable', 'a: {on: "${ON}"} # x\n', ['a', 'on'], 'a: {on: false} # x\n'],
  ['a key without a value', 'a:\n  on: # why\nb: 1\n', ['a', 'on'], 'a:\n  on: false # why\nb: 1\n'],
  ['a section that is empty', 'a: # all off\nb: 1\n', ['a', 'on'], 'a: # all off\n  on: false\nb: 1\n'],
  ['a section that is missing', '# top\nb: 1\n', ['a', 'c', 'on'], '# top\nb: 1\n\na:\n  c:\n    on: false\n'],
  ['a file without a last line break', 'b: 1', ['a', 'on'], 'b: 1\n\na:\n  on: false\n'],
  ['a section of four columns', 'a:\n    # m\n    b: 1\n', ['a', 'on'], 'a:\n    # m\n    on: false\n    b: 1\n'],
  [
    'an item of a list',
    's:\n  - id: x # it\n    b: 1\n',
    ['s', 0, 'on'],
    's:\n  - id: x # it\n    on: false\n    b: 1\n',
  ],
  ['an item on one line', 's:\n  - {id: x}\n', ['s', 0, 'on'], 's:\n  - {on: false, id: x}\n'],
  ['JSON', '{\n  "b": 1\n}\n', ['a', 'on'], '{"a": {"on": false}, \n  "b": 1\n}\n'],
  ['line breaks of Windows', 'a:\r\n  b: 1\r\n', ['a', 'on'], 'a:\r\n  on: false\r\n  b: 1\r\n'],
]

describe('a switch in a file', () => {
  test.each(cases)('%s', (_, text, path, expected) => {
    expect(setValue(text, path, false)).toBe(expected)
  })

  test.each([
    ['an alias', 'x: &x {b: 1}\na: *x\n', ['a', 'on'], /alias of \*x/],
    ['a list in the way', 'a: [1]\n', ['a', 'on'], /no map/],
    ['a map in its place', 'a: {on: {b: 1}}\n', ['a', 'on'], /true or false/],
    ['broken YAML', 'a: [1\n', ['a', 'on'], /not valid YAML/],
  ])('is refused for %s, and nothing is guessed', (_, text, path, why) => {
    expect(() => setValue(text, path, false)).toThrow(why)
  })

  test('changes nothing else, whatever stands around it', () => {
    const leaf = fc.oneof(fc.integer(), fc.boolean(), fc.string(), fc.constant(null))
    const key = fc.stringMatching(/^[a-z]{1,6}$/)
    const map = fc.dictionary(key, fc.oneof(leaf, fc.array(leaf), fc.dictionary(key, leaf, {minKeys: 1})), {minKeys: 1})
    fc.assert(
      fc.property(map, fc.boolean(), fc.constantFrom(0, 2), (rest, value, style) => {
        const {target: _, ...others} = rest
        const text = style === 0 ? JSON.stringify({zz: 1, ...others}) : stringify({zz: 1, ...others}, {indent: style})
        const changed = setValue(text, ['target', 'on'], value)
        expect(parse(changed)).toEqual({...parse(text), target: {on: value}})
        expect(setValue(changed, ['target', 'on'], !value).length - changed.length).toBe(value ? 1 : -1)
      }),
      {numRuns: 200},
    )
  })
})
