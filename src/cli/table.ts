import {safeText} from '../shared/safe-text.ts'
import {textWidth} from '../tui/text/width.ts'

/** Rows as aligned columns, two spaces apart; what came from elsewhere is made safe. The last column is not padded. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows.map(row => row.map(cell => safeText(cell, {max: 200})))]
  const widths = header.map((_, column) => Math.max(...all.map(row => textWidth(row[column] ?? ''))))
  return all
    .map(row =>
      row
        .map((cell, column) =>
          column === row.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - textWidth(cell)),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
