/** The signs that a view may draw; a terminal whose locale is not UTF-8 gets the second set. */
export interface Glyphs {
  readonly ascii: boolean
  /** Where text was cut. */
  readonly cut: string
  /** Levels of a sparkline, the lowest first. */
  readonly levels: readonly string[]
  readonly rule: string
  readonly up: string
  readonly down: string
  readonly wait: string
  readonly off: string
  readonly cursor: string
  readonly alert: string
  readonly dot: string
}

export const unicodeGlyphs: Glyphs = {
  ascii: false,
  cut: '…',
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  rule: '─',
  up: '●',
  down: '✗',
  wait: '◐',
  off: '○',
  cursor: '›',
  alert: '▲',
  dot: '·',
}

export const asciiGlyphs: Glyphs = {
  ascii: true,
  cut: '~',
  levels: [' ', '.', ':', '-', '=', '+', '*', '#'],
  rule: '-',
  up: '+',
  down: 'x',
  wait: '~',
  off: 'o',
  cursor: '>',
  alert: '!',
  dot: '-',
}
