import {expect, it} from 'vitest'
import {table} from '../../src/cli/table.ts'

it('aligns columns, two spaces apart, without blanks at the ends of lines', () => {
  expect(
    table(
      ['A', 'LONGER', 'LAST'],
      [
        ['one', '1', 'the end'],
        ['é', '22', ''],
      ],
    ),
  ).toBe(['A    LONGER  LAST', 'one  1       the end', 'é    22'].join('\n'))
})

it('shows control characters of a cell instead of obeying them, in their column', () => {
  const [, row = ''] = table(['ID', 'X'], [['a\u001b[31m\n\u202e', 'b']]).split('\n')
  expect(row).toBe('a␛[31m␊<U+202E>  b')
})

it('cuts a cell of more than 200 letters', () => {
  const [, row = ''] = table(['ID'], [['x'.repeat(300)]]).split('\n')
  expect(row).toBe(`${'x'.repeat(199)}…`)
})

it('is its header alone without rows', () => {
  expect(table(['A', 'B'], [])).toBe('A  B')
})

it('aligns what takes two cells a letter', () => {
  expect(
    table(
      ['ID', 'X'],
      [
        ['서버', 'a'],
        ['web', 'b'],
      ],
    ),
  ).toBe(['ID    X', '서버  a', 'web   b'].join('\n'))
})
