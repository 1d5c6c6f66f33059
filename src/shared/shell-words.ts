const plain = /^[\w@%+=:,./-]+$/

/** A command line that a POSIX shell reads as these very words. */
export function shellWords(words: readonly string[]): string {
  return words.map(word => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')
}
