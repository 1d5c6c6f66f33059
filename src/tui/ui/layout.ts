import type {Rect} from '../term/grid.ts'
import type {Overlay, Size} from './state.ts'

/** Below this the screen is one line of state. */
const smallest: Size = {cols: 20, rows: 5}
/** From here on a list has the detail of its row below it. */
const roomy: Size = {cols: 120, rows: 30}

export interface Layout {
  /** Header, tabs, notices and hints are drawn. */
  readonly chrome: boolean
  readonly body: Rect
  /** Lines of notices above the hints. */
  readonly notices: number
  /** Lines for the detail under a list; 0 without it. */
  readonly pane: number
  readonly overlay: Rect | undefined
}

/** Which part of the screen is whose. `overlayRows` is what the overlay would like to have. */
export function layoutOf(size: Size, notices: number, overlay: Overlay | null, overlayRows: number): Layout {
  const whole: Rect = {x: 0, y: 0, cols: size.cols, rows: size.rows}
  if (size.cols < smallest.cols || size.rows < smallest.rows) {
    return {chrome: false, body: {...whole, rows: Math.min(1, size.rows)}, notices: 0, pane: 0, overlay: undefined}
  }
  const shownNotices = Math.min(notices, size.rows >= 16 ? 3 : 1)
  const body: Rect = {x: 0, y: 2, cols: size.cols, rows: size.rows - 3 - shownNotices}
  return {
    chrome: true,
    body,
    notices: shownNotices,
    pane: size.cols >= roomy.cols && size.rows >= roomy.rows ? Math.min(14, Math.floor(body.rows / 3)) : 0,
    overlay: overlay === null ? undefined : overlayRect(body, overlay, overlayRows),
  }
}

function overlayRect(body: Rect, overlay: Overlay, rows: number): Rect {
  if (overlay.kind === 'help') return body
  const cols = Math.min(body.cols, 76)
  const own = Math.min(body.rows, rows)
  return {
    x: Math.floor((body.cols - cols) / 2),
    y: body.y + Math.floor((body.rows - own) / 2),
    cols,
    rows: own,
  }
}
