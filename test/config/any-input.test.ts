import {describe, expect, test} from 'vitest'
import {stringify} from 'yaml'
import {parseConfig} from '../../src/config/load.ts'
import {problemLines} from '../../src/config/problem-lines.ts'
import {keysAt} from '../../src/config/schema-walk.ts'
import fc from '../helpers/properties.ts'

/** Whatever comes in, the loader answers: usable, or with problems that can be shown. */
function answers(text: string): void {
  const loaded = parseConfig(text, 'c.yaml', {env: {A: 'a', B: ''}})
  expect(loaded.ok || loaded.problems.length > 0).toBe(true)
  const lines = text.split('\n').length
  for (const problem of loaded.problems) {
    expect(problem.line).toBeGreaterThanOrEqual(1)
    expect(problem.line).toBeLessThanOrEqual(lines)
    expect(problem.column).toBeGreaterThanOrEqual(1)
    expect(problemLines(problem).join('')).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/)
  }
}

const pieces = fc.constantFrom(
  ...[
    'servers',
    'server',
    'id',
    'env',
    'a',
    '-',
    ':',
    ': ',
    '\n',
    '\n  ',
    '  ',
    '\t',
    '[',
    ']',
    '{',
    '}',
    ',',
    '&a ',
    '*a',
    '<<',
  ],
  ...[
    '!!str ',
    '!x ',
    '|',
    '>',
    '"',
    "'",
    '#',
    '? ',
    '---\n',
    '...',
    '%YAML 1.1\n',
    `\${A}`,
    `\${`,
    `$\${`,
    `\${A:-`,
    '\r\n',
    '\ufeff',
  ],
  ...['\u0000', '\u001b[31m', '\u2028', '日', '0', '012', '1e999', '.nan', 'null', '~', 'yes', 'true', '@', '`'],
)

describe('no input makes the loader throw or hang', () => {
  test('any text', () => {
    fc.assert(fc.property(fc.string({unit: 'binary', maxLength: 300}), answers), {numRuns: 500})
  })

  test('any row of pieces of YAML', () => {
    fc.assert(
      fc.property(
        fc.array(pieces, {maxLength: 60}).map(list => list.join('')),
        answers,
      ),
      {numRuns: 500},
    )
  })

  test('any value at any place', () => {
    const place = fc.constantFrom(...keysAt([]))
    const value = fc.anything({maxDepth: 4, withNullPrototype: false, withBigInt: false}).filter(item => {
      try {
        stringify(item)
        return true
      } catch {
        return false // what YAML cannot write, no file holds
      }
    })
    fc.assert(
      fc.property(place, value, (key, item) => answers(stringify({[key]: item}))),
      {numRuns: 500},
    )
  })

  test('any server', () => {
    const keys = keysAt(['servers', 0])
    const server = fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({maxDepth: 2}))
    fc.assert(
      fc.property(fc.array(server, {maxLength: 4}), servers => answers(stringify({servers}))),
      {numRuns: 500},
    )
  })
})

test('a large file that is all fault is answered, however it is wrong', {timeout: 60_000}, () => {
  answers(
    `servers:\n${Array.from({length: 4_000}, (_, i) => `  - {id: "a ${i}", tmeout: 3, env: {T: x}}`).join('\n')}\n`,
  )
  answers(`a: ${'x-'.repeat(200_000)}: [`)
  answers(`env: "${'--token '.repeat(50_000)}\nb: [`)
})
