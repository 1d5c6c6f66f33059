import {describe, expect, it} from 'vitest'
import type {Span} from '../../src/mcp/json-scan.ts'
import {
  arrayElements,
  findValue,
  insertMember,
  memberEdits,
  objectMembers,
  removeMember,
  replaceSpans,
  setMember,
  stringAt,
} from '../../src/mcp/splice.ts'
import fc from '../helpers/properties.ts'

const all = (bytes: Buffer): Span => ({start: 0, end: bytes.length})
const textAt = (bytes: Buffer, span: Span | null): string | null => span && bytes.toString('utf8', span.start, span.end)

function found(text: string, ...path: string[]): string | null {
  const bytes = Buffer.from(text)
  return textAt(bytes, findValue(bytes, all(bytes), path))
}

describe('a value in JSON bytes', () => {
  it('is found by its path, as the bytes that stand there', () => {
    const text = ' {"a" : {"b\\u0062": [1.0 , 2], "é": "x"} , "c":null}'
    expect(found(text, 'a', 'bb')).toBe('[1.0 , 2]')
    expect(found(text, 'a', 'é')).toBe('"x"')
    expect(found(text, 'c')).toBe('null')
    expect(found(text, 'a')).toBe('{"b\\u0062": [1.0 , 2], "é": "x"}')
  })

  it('is not found where a step is missing or no object', () => {
    const text = '{"a":{"b":[{"c":1}]},"ab":1,"":2}'
    expect(found(text, 'b')).toBeNull()
    expect(found(text, 'a', 'b', 'c')).toBeNull()
    expect(found(text, 'ab', 'a')).toBeNull()
    expect(found('[1]', '0')).toBeNull()
    expect(found(text, '')).toBe('2')
  })

  it('is the last one where a key stands twice, as for JSON.parse', () => {
    expect(found('{"a":1,"\\u0061":2}', 'a')).toBe('2')
  })

  it('is looked for inside its span alone', () => {
    const bytes = Buffer.from('{"params":{"name":"in"},"name":"out"}')
    const params = findValue(bytes, all(bytes), ['params'])
    expect(textAt(bytes, params && findValue(bytes, params, ['name']))).toBe('"in"')
  })

  it('gives its text when it is a string', () => {
    const bytes = Buffer.from('["a\\nb\\u00e9é", 1, ""]')
    expect(arrayElements(bytes, all(bytes)).map(span => stringAt(bytes, span))).toEqual(['a\nbéé', null, ''])
  })

  it('gives keys, members and elements', () => {
    const bytes = Buffer.from('{"a":[1, {"x":[]} ,"]"] , "\\u0062":{},"a":0}')
    const members = objectMembers(bytes, all(bytes))
    expect(members.map(({key}) => key)).toEqual(['a', 'b', 'a'])
    expect(members.map(({keySpan, value}) => [textAt(bytes, keySpan), textAt(bytes, value)])).toEqual([
      ['"a"', '[1, {"x":[]} ,"]"]'],
      ['"\\u0062"', '{}'],
      ['"a"', '0'],
    ])
    const first = members[0]
    expect(first && arrayElements(bytes, first.value).map(span => textAt(bytes, span))).toEqual([
      '1',
      '{"x":[]}',
      '"]"',
    ])
    expect([
      objectMembers(Buffer.from('[]'), {start: 0, end: 2}),
      arrayElements(Buffer.from('{}'), {start: 0, end: 2}),
    ]).toEqual([[], []])
  })

  it('in bytes that are not JSON is a fault of the caller', () => {
    const bytes = Buffer.from('{"a":1,}')
    expect(() => findValue(bytes, all(bytes), ['a'])).toThrow(SyntaxError)
    expect(() => objectMembers(bytes, all(bytes))).toThrow("not JSON: unexpected '}' at byte 7")
  })
})

describe('replaced spans', () => {
  it('may be given in any order, insert, and keep the order of edits at one place', () => {
    const bytes = Buffer.from('0123456789')
    const edit = (start: number, end: number, text: string) => ({span: {start, end}, with: Buffer.from(text)})
    expect(
      replaceSpans(bytes, [
        edit(8, 10, 'Z'),
        edit(0, 1, ''),
        edit(4, 4, 'a'),
        edit(4, 4, 'b'),
        edit(4, 6, '--'),
      ]).toString(),
    ).toBe('123ab--67Z')
    expect(replaceSpans(bytes, []).equals(bytes)).toBe(true)
    expect(() => replaceSpans(bytes, [edit(0, 3, ''), edit(2, 4, '')])).toThrow(RangeError)
    expect(() => replaceSpans(bytes, [edit(9, 11, '')])).toThrow(RangeError)
  })
})

describe('an edited member', () => {
  const value = Buffer.from('"new"')
  it.each([
    ['{}', '{"k":"new"}'],
    ['{ }', '{"k":"new" }'],
    ['{"a":1}', '{"a":1,"k":"new"}'],
    ['{ "a" : 1 \n}', '{ "a" : 1,"k":"new" \n}'],
    ['{"a":{}}', '{"a":{},"k":"new"}'],
    ['{"a":"}"}', '{"a":"}","k":"new"}'],
  ])('is inserted at the end of %s', (text, expected) => {
    const bytes = Buffer.from(text)
    expect(insertMember(bytes, all(bytes), 'k', value).toString()).toBe(expected)
    expect(setMember(bytes, all(bytes), 'k', value).toString().replace(/\s/g, '')).toBe(expected.replace(/\s/g, ''))
  })

  it('is replaced wherever its key stands, so that no reader sees the old value', () => {
    const bytes = Buffer.from('{"k" : 1, "a":{"k":2}, "\\u006b":[3] }')
    expect(setMember(bytes, all(bytes), 'k', value).toString()).toBe('{"k" : "new", "a":{"k":2}, "\\u006b":"new" }')
    expect(removeMember(bytes, all(bytes), 'k').toString()).toBe('{"a":{"k":2} }')
  })

  it.each([
    ['{"k":1}', '{}'],
    ['{ "k" : 1 }', '{  }'],
    ['{"k":1,"a":2}', '{"a":2}'],
    ['{"a":2 , "k":1 }', '{"a":2 }'],
    ['{"a":2, "k":1, "b":3}', '{"a":2, "b":3}'],
    ['{"k":1,"k":2}', '{}'],
    ['{"a":2}', '{"a":2}'],
  ])('is taken out of %s with one comma', (text, expected) => {
    const bytes = Buffer.from(text)
    expect(removeMember(bytes, all(bytes), 'k').toString()).toBe(expected)
  })

  it('has a key that is escaped as JSON wants it', () => {
    expect(insertMember(Buffer.from('{}'), {start: 0, end: 2}, 'a"\n', value).toString()).toBe('{"a\\"\\n":"new"}')
  })

  it('needs an object', () => {
    const bytes = Buffer.from('[]')
    expect(() => setMember(bytes, all(bytes), 'k', value)).toThrow(TypeError)
    expect(() => insertMember(bytes, all(bytes), 'k', value)).toThrow(TypeError)
  })
})

describe('for any object, at any depth in any document', () => {
  // No key with a quote: JSON.parse of V8 13.6 may read the key "\"" as a backslash, once it has seen one in that place.
  const key = fc
    .oneof(fc.constantFrom('a', 'b', 'c', 'd', '', '\\', 'é', 'length'), fc.string({maxLength: 3}))
    .filter(name => name !== '__proto__' && !name.includes('"'))
  const object = fc.dictionary(key, fc.jsonValue({maxDepth: 2}), {noNullPrototype: true})
  const layout = fc.constantFrom(undefined, 1, '\t ')

  it('many changes at once give what the same changes give on the value, and nothing else moves', () => {
    const change = fc.option(fc.jsonValue({maxDepth: 1}), {nil: undefined})
    fc.assert(
      fc.property(
        object,
        fc.dictionary(key, change, {noNullPrototype: true}),
        fc.array(key),
        layout,
        fc.string(),
        (value, changes, path, indent, around) => {
          const inner = Buffer.from(JSON.stringify(value, null, indent))
          const head = Buffer.from(`${path.map(step => `{ ${JSON.stringify(step)}: `).join('')}`)
          const tail = Buffer.from(` ,"another key":${JSON.stringify(around)}}`.repeat(path.length))
          const bytes = Buffer.concat([head, inner, tail])
          const span = findValue(bytes, all(bytes), path)
          expect(span).toEqual({start: head.length, end: head.length + inner.length})
          if (span === null) return

          const model = new Map(Object.entries(value))
          const edits = new Map<string, Buffer | null>()
          for (const [name, wanted] of Object.entries(changes)) {
            edits.set(name, wanted === undefined ? null : Buffer.from(JSON.stringify(wanted)))
            if (wanted === undefined) model.delete(name)
            else model.set(name, wanted)
          }
          const edited = replaceSpans(bytes, memberEdits(bytes, span, edits))
          expect(edited.subarray(0, head.length).equals(head)).toBe(true)
          expect(edited.subarray(edited.length - tail.length).equals(tail)).toBe(true)
          const result = edited.toString('utf8', head.length, edited.length - tail.length)
          expect(JSON.parse(result)).toEqual(JSON.parse(JSON.stringify(Object.fromEntries(model))))

          const before = objectMembers(bytes, span).filter(member => !edits.has(member.key))
          const reread = Buffer.from(result)
          const after = objectMembers(reread, all(reread)).filter(member => !edits.has(member.key))
          expect(after.map(member => reread.toString('latin1', member.keySpan.start, member.value.end))).toEqual(
            before.map(member => bytes.toString('latin1', member.keySpan.start, member.value.end)),
          )
        },
      ),
      {numRuns: 1000},
    )
  })

  it('a replaced member leaves every other byte as it was', () => {
    fc.assert(
      fc.property(object, fc.nat(), fc.jsonValue(), layout, (value, pick, wanted, indent) => {
        const keys = Object.keys(value)
        const name = keys[pick % Math.max(1, keys.length)]
        if (name === undefined) return
        const bytes = Buffer.from(JSON.stringify(value, null, indent))
        const place = findValue(bytes, all(bytes), [name])
        expect(place).not.toBeNull()
        if (place === null) return
        const replacement = Buffer.from(JSON.stringify(wanted))
        const expected = Buffer.concat([bytes.subarray(0, place.start), replacement, bytes.subarray(place.end)])
        expect(setMember(bytes, all(bytes), name, replacement).equals(expected)).toBe(true)
      }),
      {numRuns: 500},
    )
  })

  it('a member that was inserted wins, also over one of the same key', () => {
    fc.assert(
      fc.property(object, key, fc.jsonValue(), layout, (value, name, wanted, indent) => {
        const bytes = Buffer.from(JSON.stringify(value, null, indent))
        const edited = insertMember(bytes, all(bytes), name, Buffer.from(JSON.stringify(wanted)))
        const members = (of: Buffer): string[] =>
          objectMembers(of, all(of)).map(({key, value: {start, end}}) => `${key}=${of.toString('utf8', start, end)}`)
        expect(members(edited)).toEqual([...members(bytes), `${name}=${JSON.stringify(wanted)}`])
        expect(findValue(edited, all(edited), [name])?.start).toBe(
          objectMembers(edited, all(edited)).at(-1)?.value.start,
        )
      }),
      {numRuns: 500},
    )
  })
})
