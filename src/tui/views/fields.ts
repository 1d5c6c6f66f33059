import {type Role, type StyledLine, span, wrapText} from '../text/line.ts'

const labelWidth = 11

/** `label  value`, the value wrapped under itself. */
export function field(label: string, value: string, cols: number, role: Role = 'plain'): StyledLine[] {
  const room = Math.max(1, cols - labelWidth)
  return wrapText(value, room).map((text, index) => [
    span((index === 0 ? label : '').padEnd(labelWidth), 'dim'),
    span(text, role),
  ])
}

export function heading(text: string): StyledLine {
  return [span(text, 'strong')]
}

export const blank: StyledLine = []
