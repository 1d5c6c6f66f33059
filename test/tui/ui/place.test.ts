import {describe, expect, test} from 'vitest'
import type {LogRow} from '../../../src/tui/store/data.ts'
import {moveCursor, placeList} from '../../../src/tui/ui/place.ts'
import type {ListState} from '../../../src/tui/ui/state.ts'
import {logsView} from '../../../src/tui/views/logs.ts'
import fc from '../../helpers/properties.ts'

const rowsFrom = (first: number, count: number): LogRow[] =>
  Array.from({length: count}, (_, i) => ({n: first + i}) as LogRow)
const start: ListState = {selected: null, offset: 0, follow: false, filter: ''}

describe('the cursor of a list', () => {
  test('is always on the screen, wherever it is moved', () => {
    const moves = fc.array(fc.constantFrom(1, -1, 9, -9, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(fc.integer({min: 1, max: 50}), fc.integer({min: 1, max: 20}), moves, (count, height, steps) => {
        const rows = rowsFrom(0, count)
        let list = start
        for (const by of steps) {
          list = moveCursor(logsView, list, rows, height, by)
          const {top, cursor} = placeList(logsView, list, rows, height)
          expect(cursor).toBeGreaterThanOrEqual(top)
          expect(cursor).toBeLessThan(top + height)
          expect(top).toBeGreaterThanOrEqual(0)
          expect(top).toBeLessThanOrEqual(Math.max(0, count - height))
        }
      }),
    )
  })

  test('stays on its row, and the screen still, while rows come and old ones go', () => {
    let list = {...start, follow: true}
    list = moveCursor(logsView, list, rowsFrom(0, 100), 10, -3)
    expect(list).toMatchObject({selected: '96', follow: false})
    const before = placeList(logsView, list, rowsFrom(0, 100), 10)
    const after = placeList(logsView, list, rowsFrom(40, 100), 10)
    expect(after.cursor - after.top).toBe(before.cursor - before.top)
    expect(after.cursor + 40).toBe(96)
  })

  test('follows the newest after G', () => {
    const list = moveCursor(logsView, start, rowsFrom(0, 20), 5, Number.POSITIVE_INFINITY)
    expect(placeList(logsView, list, rowsFrom(0, 30), 5)).toEqual({top: 25, cursor: 29})
  })
})
