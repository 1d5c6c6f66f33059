/** A piece of text to be put in the place of another: offsets, end exclusive. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** The text with all edits made; everything between them stays byte for byte. Edits must not overlap. */
export function spliced(text: string, edits: readonly TextEdit[]): string {
  let result = ''
  let offset = 0
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    result += text.slice(offset, edit.start) + edit.text
    offset = edit.end
  }
  return result + text.slice(offset)
}
