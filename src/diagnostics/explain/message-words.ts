// What varies from one occurrence to the next, and says nothing of what it means. Each pattern is linear in its input.
const variable: readonly RegExp[] = [
  /\u001b\[[0-9;?]{0,16}[ -/]?[@-~]/g, // colours
  /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,10}(?:Z|[+-]\d\d:?\d\d)?/g,
  /\b[a-z][a-z0-9+.-]{1,15}:\/\/[^\s"'<>]{1,2000}/gi,
  /(?:[\\/][\w.@~+-]{1,255}){2,}/g, // paths
  /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi,
  /\b(?=[0-9a-f]{0,64}\d)[0-9a-f]{8,64}(?:-\d{1,19})?\b/gi, // ids
  /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\b/g,
]
const word = /[A-Za-z0-9_][A-Za-z0-9_']*/g

/** The words of a text in lower case, without paths, addresses, ids and times. */
export function wordsOf(text: string): string[] {
  return writtenWordsOf(text).map(each => each.toLowerCase())
}

/** The same as they are written: `Panic` in a log is more than a panic in a sentence. */
export function writtenWordsOf(text: string): string[] {
  let plain = text
  for (const pattern of variable) plain = plain.replace(pattern, ' ')
  return plain.match(word) ?? []
}
