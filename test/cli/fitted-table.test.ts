import {expect, it} from 'vitest'
import {type FittedColumn, fittedTable} from '../../src/cli/fitted-table.ts'
import {asciiGlyphs, unicodeGlyphs} from '../../src/tui/text/glyphs.ts'
import {textWidth} from '../../src/tui/text/width.ts'
import fc from '../helpers/properties.ts'

const columns: readonly FittedColumn[] = [
  {title: 'ID', priority: 1, min: 8, max: 20},
  {title: 'STATE', priority: 2},
  {title: 'N', priority: 4, align: 'right'},
  {title: 'WHY', priority: 3, min: 10},
]
const plain = (_role: string, text: string): string => text
const look = {cols: 40, glyphs: unicodeGlyphs, paint: plain}

it('is as wide as it needs to be where nothing says how wide it may be', () => {
  const rows = [['a'.repeat(60), 'up', '1', 'b'.repeat(90)]]
  expect(fittedTable(columns, rows, {...look, cols: undefined})).toEqual([
    `ID${' '.repeat(58)}  STATE  N  WHY`,
    `${'a'.repeat(60)}  up     1  ${'b'.repeat(90)}`,
  ])
})

it('narrows what can be narrowed, and says where it has cut', () => {
  const rows = [['a'.repeat(60), 'up', '12', 'because of this and that']]
  expect(fittedTable(columns, rows, look)).toEqual([
    'ID                 STATE   N  WHY',
    'aaaaaaaaaaaaaaaa…  up     12  because o…',
  ])
})

it('cuts names in the middle: what differs stands at their end', () => {
  const names = [...columns.map((column, index) => ({...column, name: index === 0}))]
  const rows = [1, 2].map(at => [`payments-production-eu-${at}`, 'up', '', 'because of this and that'])
  expect(fittedTable(names, rows, look).slice(1)).toEqual([
    'payments-…ion-eu-1  up        because o…',
    'payments-…ion-eu-2  up        because o…',
  ])
})

it('leaves out what matters least when even that is too much', () => {
  const [head = ''] = fittedTable(columns, [['a'.repeat(60), 'up', '12', 'because of this and that']], {
    ...look,
    cols: 18,
  })
  expect(head.split(/ +/)).toEqual(['ID', 'STATE'])
})

it('is never wider than the screen, has a line for each row, and lets nothing through that a terminal obeys', () => {
  const cell = fc.oneof(
    fc.string({unit: 'binary', maxLength: 60}),
    fc.string({unit: fc.constantFrom('a', '가', '\u0301', '😀', '\u001b', '\n', '\u202e'), maxLength: 40}),
  )
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, {minLength: 4, maxLength: 4}), {maxLength: 5}),
      fc.integer({min: 1, max: 200}),
      fc.boolean(),
      (rows, cols, ascii) => {
        const lines = fittedTable(
          columns.map(column => ({...column, name: cols % 2 === 0})),
          rows,
          {cols, glyphs: ascii ? asciiGlyphs : unicodeGlyphs, paint: plain},
        )
        expect(lines).toHaveLength(rows.length + 1)
        for (const line of lines) {
          expect(textWidth(line)).toBeLessThanOrEqual(cols)
          expect(line).not.toMatch(ascii ? /[^ -~]/ : /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
        }
      },
    ),
  )
})

it('colours a cell without moving the others', () => {
  const paint = (role: string, text: string): string => `<${role}>${text}</>`
  const [, row] = fittedTable(columns, [['a', {text: 'up', role: 'good'}, '1', 'b']], {...look, paint})
  expect(row).toBe('a   <good>up   </>  1  b')
})
