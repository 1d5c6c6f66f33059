import {cutText, textWidth} from './width.ts'

/** What a piece of text means; the theme decides how that looks. No meaning is told by colour alone. */
export type Role = 'plain' | 'dim' | 'strong' | 'accent' | 'good' | 'warn' | 'bad'

export interface Span {
  readonly text: string
  readonly role: Role
  /** Light on dark swapped: the selected row, the active tab. */
  readonly inverse?: boolean
}

/** One line of a screen, without any escape sequence. */
export type StyledLine = readonly Span[]

export function span(text: string, role: Role = 'plain'): Span {
  return {text, role}
}

export function lineText(line: StyledLine): string {
  return line.map(each => each.text).join('')
}

export function lineWidth(line: StyledLine): number {
  return line.reduce((sum, each) => sum + textWidth(each.text), 0)
}

/** Cut to `cols` cells, with the mark where something was lost. Never wider than `cols`. */
export function fitLine(line: StyledLine, cols: number, mark: string): StyledLine {
  if (lineWidth(line) <= cols) return line
  const fitted: Span[] = []
  let left = cols - textWidth(mark)
  if (left < 0) return cols > 0 ? [{text: cutText(mark, cols), role: 'dim'}] : []
  for (const each of line) {
    const width = textWidth(each.text)
    if (width <= left) {
      fitted.push(each)
      left -= width
      continue
    }
    fitted.push({...each, text: cutText(each.text, left) + mark})
    break
  }
  return fitted
}

/** The whole width in reverse video, for the row under the cursor. */
export function invertLine(line: StyledLine, cols: number): StyledLine {
  const rest = Math.max(0, cols - lineWidth(line))
  return [...line, span(' '.repeat(rest))].map(each => ({...each, inverse: true}))
}

/** Exactly `width` cells: cut with the mark, or filled up on the other side of `align`. */
export function fitText(text: string, width: number, mark: string, align: 'left' | 'right' = 'left'): string {
  const own = textWidth(text)
  if (own > width) {
    const cut = cutText(text, width - textWidth(mark)) + mark
    const whole = textWidth(cut) > width ? cutText(mark, width) : cut
    return whole + ' '.repeat(Math.max(0, width - textWidth(whole)))
  }
  const fill = ' '.repeat(width - own)
  return align === 'left' ? text + fill : fill + text
}

/** Breaks long text into lines of at most `width` cells, at spaces where there are any. */
export function wrapText(text: string, width: number, maxLines = 200): string[] {
  const lines: string[] = []
  let rest = text
  while (rest !== '' && lines.length < maxLines) {
    const head = cutText(rest, Math.max(1, width))
    if (head === '') break // a wide character in a column of one cell
    if (head.length === rest.length) {
      lines.push(rest)
      return lines
    }
    const space = head.lastIndexOf(' ')
    const at = space > head.length / 2 ? space + 1 : head.length
    lines.push(rest.slice(0, at).replace(/ +$/, '')) // other white space may be part of what was said
    rest = rest.slice(at)
  }
  return lines.length === 0 ? [''] : lines
}
