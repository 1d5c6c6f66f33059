const narrowest = 20

/**
 * Breaks text at spaces so that no line is longer than `width` columns; a word that is longer (a path, a command) gets
 * a line of its own and is not broken, so that it can be copied.
 */
export function wrap(text: string, width: number): readonly string[] {
  const limit = Math.max(width, narrowest)
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > limit) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
