/** A text that is longer than `most` without its middle: what matters stands at the end of a log and at the start of a body. */
export function bothEnds(text: string, most: number): string {
  if (text.length <= most) return text
  return `${text.slice(0, most / 4)}\n${text.slice(-(most * 3) / 4)}`
}
