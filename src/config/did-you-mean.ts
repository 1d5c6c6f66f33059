/**
 * The word that was probably meant: equal but for case and separators, or at most a third of its letters away
 * (Damerau-Levenshtein).
 *
 * @returns undefined when nothing is near, or two are equally near
 */
export function didYouMean(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > 64) return undefined
  const plain = normal(word)
  let best: string | undefined
  let bestDistance = Number.POSITIVE_INFINITY
  let tie = false
  for (const candidate of candidates) {
    const other = normal(candidate)
    const distance = plain === other ? 0 : isLonger(plain, other) ? 1 : editDistance(plain, other)
    if (distance > Math.max(1, Math.floor(Math.max(plain.length, other.length) / 3))) continue
    if (distance === bestDistance) tie = true
    if (distance >= bestDistance) continue
    best = candidate
    bestDistance = distance
    tie = false
  }
  return tie && bestDistance > 1 ? undefined : best
}

/** `warning` and `warn`, `max` and `max_entries`. */
function isLonger(a: string, b: string): boolean {
  return Math.min(a.length, b.length) >= 3 && (a.startsWith(b) || b.startsWith(a))
}

function normal(word: string): string {
  return word.toLowerCase().replace(/[-_\s.]/g, '')
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = []
  let previous = Array.from({length: b.length + 1}, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let least = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, replaced)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(beforePrevious, j - 2) + 1)
      current.push(least)
    }
    beforePrevious = previous
    previous = current
  }
  return at(previous, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY
}
