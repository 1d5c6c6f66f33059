import type {StyledLine} from '../text/line.ts'
import {Grid, type Rect} from './grid.ts'

/** A live part of the screen that is painted without React. */
export interface Region {
  readonly rect: Rect
  readonly lines: readonly StyledLine[]
}

/**
 * One screen out of its layers: what Ink drew (header, tabs, hints), the live region over it, and on top the rectangles
 * of Ink's frame that an overlay covers.
 */
export function compose(
  size: {readonly cols: number; readonly rows: number},
  frame: string,
  region: Region | undefined,
  overlay: Rect | undefined,
  ascii: boolean,
): Grid {
  const chrome = new Grid(size.cols, size.rows, ascii)
  chrome.putFrame(frame)
  if (region === undefined) return chrome
  const screen = new Grid(size.cols, size.rows, ascii)
  screen.copy(chrome, {x: 0, y: 0, cols: size.cols, rows: size.rows})
  screen.putLines(region.rect, region.lines)
  if (overlay !== undefined) screen.copy(chrome, overlay)
  return screen
}
