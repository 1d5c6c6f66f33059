/** How a column of a live table claims its room. */
export interface ColumnSize {
  readonly min: number
  /** Widest it grows to; `Infinity` takes what is left. */
  readonly max: number
  /** 1 stays longest when the screen is narrow. */
  readonly priority: number
}

/** Cells between two columns. */
export const columnGap = 1

/**
 * Which columns are shown on `cols` cells, and how wide. Columns of low priority go first; what is left over is given
 * out in order of priority. It depends on the screen only, never on the rows, so that columns do not jump.
 * @returns the width of each column, 0 for those that are left out
 */
export function solveColumns(columns: readonly ColumnSize[], cols: number): number[] {
  const order = columns.map((_, index) => index).sort((a, b) => priorityOf(columns, a) - priorityOf(columns, b))
  const widths = columns.map(() => 0)
  let used = 0
  for (const index of order) {
    const min = columns[index]?.min ?? 0
    const gap = used === 0 ? 0 : columnGap
    if (used + gap + min > cols) {
      if (used === 0) widths[index] = Math.max(0, cols)
      break
    }
    widths[index] = min
    used += gap + min
  }
  let left = cols - widths.reduce((sum, width) => sum + (width > 0 ? width + columnGap : 0), -columnGap)
  for (const index of order) {
    const width = widths[index] ?? 0
    if (width === 0 || left <= 0) continue
    const more = Math.min(left, (columns[index]?.max ?? 0) - width)
    if (more <= 0 || !Number.isFinite(more)) continue
    widths[index] = width + more
    left -= more
  }
  return widths
}

function priorityOf(columns: readonly ColumnSize[], index: number): number {
  return columns[index]?.priority ?? 0
}
