/**
 * Whether a text is what a pattern says, where `*` stands for any characters, none included, and all others for
 * themselves. Takes at most length times length steps: the text may come from a hostile server.
 *
 * @example matchesGlob('delete_*', 'delete_all') // true
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0
  let next = 0
  let star = -1
  let resumeAt = 0
  while (at < text.length) {
    if (pattern[next] === '*') {
      star = next++
      resumeAt = at
    } else if (pattern[next] === text[at]) {
      next++
      at++
    } else if (star >= 0) {
      // The last star takes one character more.
      next = star + 1
      at = ++resumeAt
    } else return false
  }
  while (pattern[next] === '*') next++
  return next === pattern.length
}

export function matchesAnyGlob(patterns: readonly string[], text: string): boolean {
  return patterns.some(pattern => matchesGlob(pattern, text))
}
