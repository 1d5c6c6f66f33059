import {describe, expect, test} from 'vitest'
import {columnGap, solveColumns} from '../../../src/tui/text/columns.ts'
import fc from '../../helpers/properties.ts'

const column = fc.record({
  min: fc.integer({min: 1, max: 30}),
  max: fc.integer({min: 1, max: 60}),
  priority: fc.integer({min: 1, max: 12}),
})

describe('columns of a live table', () => {
  test('never take more than the screen has', () => {
    fc.assert(
      fc.property(fc.array(column, {minLength: 1, maxLength: 12}), fc.integer({min: 1, max: 200}), (columns, cols) => {
        const shown = solveColumns(columns, cols).filter(width => width > 0)
        expect(shown.reduce((sum, width) => sum + width + columnGap, -columnGap)).toBeLessThanOrEqual(cols)
      }),
    )
  })

  test('the most important one is always there, and those of low priority go first', () => {
    const columns = [
      {min: 10, max: 10, priority: 3},
      {min: 10, max: 20, priority: 1},
      {min: 10, max: 10, priority: 2},
    ]
    expect(solveColumns(columns, 40)).toEqual([10, 18, 10])
    expect(solveColumns(columns, 25)).toEqual([0, 14, 10])
    expect(solveColumns(columns, 12)).toEqual([0, 12, 0])
    expect(solveColumns(columns, 4)).toEqual([0, 4, 0])
  })
})
