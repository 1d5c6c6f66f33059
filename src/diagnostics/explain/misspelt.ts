import {editDistance} from '../../config/did-you-mean.ts'
import type {MessageIndex} from './message-index.ts'

const mostWords = 60
const shortest = 5

export interface CorrectedWords {
  readonly words: readonly string[]
  /** 1 where nothing was corrected, less with each word that was. */
  readonly doubt: number
}

/**
 * Puts words that somebody says in place of those that nobody does and that are nearly the same: messages are also typed
 * from a screen. The first letter is seldom the wrong one.
 */
export function corrected(words: readonly string[], {weights, plainMarks}: MessageIndex): CorrectedWords {
  if (words.length > mostWords) return {words, doubt: 1}
  let doubt = 1
  const known = [...weights.keys()]
  const result = words.map(word => {
    if (word.length < shortest || word.length > 32 || weights.has(word) || plainMarks.has(word)) return word
    const most = word.length >= 8 ? 2 : 1
    let best = word
    let bestDistance = most + 1
    for (const candidate of known) {
      if (candidate[0] !== word[0] || candidate.length < shortest || Math.abs(candidate.length - word.length) > most)
        continue
      const distance = editDistance(word, candidate)
      if (distance < bestDistance) [best, bestDistance] = [candidate, distance]
    }
    if (best !== word) doubt *= 0.97
    return best
  })
  return {words: result, doubt}
}
