import type {MessageEntry} from './entry.ts'
import {wordsOf} from './message-words.ts'

/** One way of saying a message: the words between what varies. */
export interface Pattern {
  readonly entry: MessageEntry
  readonly said: string
  /** Runs of words that stand together. */
  readonly parts: readonly (readonly string[])[]
  /** Distinct words. */
  readonly words: readonly string[]
  readonly weight: number
}

export interface MessageIndex {
  readonly patterns: readonly Pattern[]
  /** Patterns that hold a word. */
  readonly byWord: ReadonlyMap<string, readonly number[]>
  /** What a word tells: the rarer, the more. */
  readonly weights: ReadonlyMap<string, number>
  /** Words that stand for an entry by themselves, as they are written, and in lower case. */
  readonly marks: ReadonlyMap<string, readonly MessageEntry[]>
  readonly plainMarks: ReadonlyMap<string, readonly MessageEntry[]>
}

/** An inverted index of a catalogue: what a text is compared with is only what shares words with it. */
export function indexMessages(entries: readonly MessageEntry[]): MessageIndex {
  const raw = entries.flatMap(entry =>
    entry.said.map(said => {
      const parts = said
        .split('…')
        .map(wordsOf)
        .filter(part => part.length > 0)
      return {entry, said, parts, words: [...new Set(parts.flat())]}
    }),
  )
  const counts = new Map<string, number>()
  for (const {words} of raw) for (const each of words) counts.set(each, (counts.get(each) ?? 0) + 1)
  const weights = new Map([...counts].map(([each, count]) => [each, Math.log(1 + raw.length / count)]))
  const patterns = raw.map(each => ({...each, weight: weightOf(each.words, weights)}))
  const byWord = new Map<string, number[]>()
  patterns.forEach(({words}, at) => {
    for (const each of words) {
      const list = byWord.get(each)
      if (list === undefined) byWord.set(each, [at])
      else list.push(at)
    }
  })
  const marks = marksOf(entries, mark => mark)
  return {patterns, byWord, weights, marks, plainMarks: marksOf(entries, mark => mark.toLowerCase())}
}

function marksOf(entries: readonly MessageEntry[], keyOf: (mark: string) => string): Map<string, MessageEntry[]> {
  const marks = new Map<string, MessageEntry[]>()
  for (const entry of entries) {
    for (const key of new Set((entry.words ?? []).map(keyOf))) {
      const list = marks.get(key)
      if (list === undefined) marks.set(key, [entry])
      else list.push(entry)
    }
  }
  return marks
}

export function weightOf(words: Iterable<string>, weights: ReadonlyMap<string, number>): number {
  let sum = 0
  for (const each of words) sum += weights.get(each) ?? 0
  return sum
}
