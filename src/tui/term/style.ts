import type {Role, Span} from '../text/line.ts'

/** A cell's look in one number: the colour (0 default, 1-8 the terminal's own eight) and attribute bits. */
export type Style = number

const bold = 0x10
const dim = 0x20
const inverse = 0x40
const colourMask = 0x0f
const [red, green, yellow, cyan] = [2, 3, 4, 7]

const roleStyle: Readonly<Record<Role, Style>> = {
  plain: 0,
  dim,
  strong: bold,
  accent: cyan | bold,
  good: green,
  warn: yellow,
  bad: red | bold,
}

export function styleOf(span: Span): Style {
  return span.inverse === true ? roleStyle[span.role] | inverse : roleStyle[span.role]
}

/**
 * The escape sequence that sets exactly this style, whatever was set before. Only the terminal's own eight colours are
 * used, so that its theme stays readable; none with NO_COLOR.
 */
export function sgr(style: Style, colours: boolean): string {
  let codes = '0'
  if (style & bold) codes += ';1'
  if (style & dim) codes += ';2'
  if (style & inverse) codes += ';7'
  const colour = style & colourMask
  if (colours && colour > 0) codes += `;${29 + colour}`
  return `\u001b[${codes}m`
}

/** The style after the parameters of an SGR sequence (`1;36`) were applied. Unknown ones change nothing. */
export function applySgr(style: Style, parameters: string): Style {
  let next = style
  for (const part of parameters.split(';')) {
    const code = Number(part === '' ? 0 : part)
    if (code === 0) next = 0
    else if (code === 1) next |= bold
    else if (code === 2) next |= dim
    else if (code === 7) next |= inverse
    else if (code === 22) next &= ~(bold | dim)
    else if (code === 27) next &= ~inverse
    else if (code === 39) next &= ~colourMask
    else if (code >= 30 && code <= 37) next = (next & ~colourMask) | (code - 29)
  }
  return next
}
