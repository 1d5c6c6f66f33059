import {charWidth, cutText, textWidth} from '../tui/text/width.ts'

/**
 * A name within `width` cells: cut in the middle, since what tells one from its neighbours often stands at its end
 * (`payments-…-eu-2`).
 */
export function fitName(name: string, width: number, mark: string): string {
  if (textWidth(name) <= width) return name
  const room = width - textWidth(mark)
  if (room < 2) return cutText(name, width)
  const head = cutText(name, Math.ceil(room / 2))
  const tail: string[] = []
  let left = Math.floor(room / 2)
  for (const char of [...name].reverse()) {
    left -= charWidth(char.codePointAt(0) ?? 0)
    if (left < 0) break
    tail.unshift(char)
  }
  return `${head}${mark}${tail.join('')}`
}
