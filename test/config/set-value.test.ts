import fc from 'fast-check'
import {describe, expect, test} from 'vitest'
import {parse, stringify} from 'yaml'
import {setFlag} from '../../src/config/set-value.ts'

const cases: readonly [string, string, readonly (string | number)[], string][] = [
  [
    'changes the value alone',
    'cache: {enabled: false} # why\n',
    ['cache', 'enabled'],
    'cache: {enabled: true} # why\n',
  ],
  [
    'adds a key behind the first line of a section',
    'cache:\n  ttl_seconds: 3 # short\n  # entries\n  max_entries: 5\n',
    ['cache', 'enabled'],
    'cache:\n  ttl_seconds: 3 # short\n  enabled: true\n  # entries\n  max_entries: 5\n',
  ],
  [
    'fills a section that is commented out',
    'cache:\n  # ttl_seconds: 3\nserver: {}\n',
    ['cache', 'enabled'],
    'cache:\n  enabled: true\n  # ttl_seconds: 3\nserver: {}\n',
  ],
  ['adds a section at the end', 'server: {}', ['cache', 'enabled'], 'server: {}\ncache:\n  enabled: true\n'],
  [
    'adds a key to an item of a list',
    'servers:\n  - id: a\n    command: run\n',
    ['servers', 0, 'enabled'],
    'servers:\n  - id: a\n    enabled: true\n    command: run\n',
  ],
  [
    'adds a key before a first key of many lines',
    'servers:\n  - env:\n      A: b\n    id: a\n',
    ['servers', 0, 'enabled'],
    'servers:\n  - enabled: true\n    env:\n      A: b\n    id: a\n',
  ],
  ['keeps JSON what it is', '{"servers":[]}', ['cache', 'enabled'], '{"cache": {"enabled": true}, "servers":[]}'],
  ['keeps CRLF', 'server: {}\r\n', ['cache', 'enabled'], 'server: {}\r\ncache:\r\n  enabled: true\r\n'],
]

describe('an edit of a file', () => {
  test.each(cases)('%s', (_, before, path, after) => {
    expect(setFlag(before, path, true)).toBe(after)
  })

  test('is refused where an anchor is shared: other servers would change with it', () => {
    const text = 'x-base: &base {id: a}\nservers:\n  - *base\n'
    expect(() => setFlag(text, ['servers', 0, 'enabled'], false)).toThrow('cannot be set in this file')
  })

  test('of any file is the one that was meant, or is refused', () => {
    const key = fc.constantFrom('cache', 'auth', 'server', 'x', 'enabled', 'a b', 'true')
    const value = fc.letrec(tie => ({
      node: fc.oneof(
        {maxDepth: 3},
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('node'), {maxLength: 3}),
        fc.dictionary(key, tie('node'), {maxKeys: 4}),
      ),
    })).node
    let edited = 0
    fc.assert(
      fc.property(
        fc.dictionary(key, value, {minKeys: 1, maxKeys: 4}),
        fc.boolean(),
        fc.constantFrom('yaml', 'json', 'wide'),
        (config, on, form) => {
          const text =
            form === 'json' ? JSON.stringify(config) : stringify(config, form === 'wide' ? {indent: 4} : {lineWidth: 0})
          let result: string
          try {
            result = setFlag(text, ['cache', 'enabled'], on)
          } catch (error) {
            expect(error).toMatchObject({code: 'EDIT_REFUSED'})
            return
          }
          edited++
          const before: unknown = parse(text)
          const cache = (before as {cache?: object | null}).cache ?? {}
          expect(parse(result)).toEqual({...(before as object), cache: {...cache, enabled: on}})
        },
      ),
      {numRuns: 500},
    )
    expect(edited).toBeGreaterThan(100)
  })
})
