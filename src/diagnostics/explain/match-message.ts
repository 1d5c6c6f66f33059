import {bothEnds} from './both-ends.ts'
import type {MessageEntry} from './entry.ts'
import type {MessageIndex, Pattern} from './message-index.ts'
import {writtenWordsOf} from './message-words.ts'
import {corrected} from './misspelt.ts'

/** `certain`: the message itself. `likely`: nearly all that tells it from others. `possible`: much of it. */
export type Sureness = 'certain' | 'likely' | 'possible'

export interface MessageMatch {
  readonly entry: MessageEntry
  readonly sure: Sureness
  /** 0 to 1. */
  readonly score: number
  /** What of the catalogue it was recognised by. */
  readonly by: string
}

export interface MessageMatches {
  /** The likeliest first. */
  readonly matches: readonly MessageMatch[]
  /** Not all of the text was looked at. */
  readonly cut: boolean
}

const mostText = 1024 * 1024
const mostLines = 2000
const longestPiece = 2000
const shown = 5
const likelyFrom = 0.75
const possibleFrom = 0.55
const markScore = 0.9

interface Found {
  readonly pattern: Pattern | null
  readonly entry: MessageEntry
  readonly score: number
  readonly by: string
  /** Of what was recognised: the longer message wins. */
  readonly weight: number
}

/**
 * Finds what a text says in a catalogue of messages, whatever log line, JSON or stack stands around it. Costs at most some
 * hundred milliseconds for a megabyte, and throws for no text.
 */
export function matchMessage(text: string, index: MessageIndex): MessageMatches {
  const best = new Map<MessageEntry, Found>()
  const {pieces, cut} = piecesOf(text)
  const short = pieces.length <= 3 && text.length <= 1000
  for (const piece of pieces) {
    for (const found of matchesIn(piece, index, short)) {
      const before = best.get(found.entry)
      if (before === undefined || isBetter(found, before)) best.set(found.entry, found)
    }
  }
  const sorted = [...best.values()].sort(inOrder)
  const certain = sorted.some(({score}) => score >= 1)
  const matches = sorted
    .filter(({score}) => score >= (certain ? likelyFrom : possibleFrom))
    .slice(0, shown)
    .map(({entry, score, by}) => ({entry, sure: surenessOf(score), score: Number(score.toFixed(2)), by}))
  return {matches, cut}
}

function surenessOf(score: number): Sureness {
  if (score >= 1) return 'certain'
  return score >= likelyFrom ? 'likely' : 'possible'
}

function isBetter(a: Found, b: Found): boolean {
  return a.score > b.score || (a.score === b.score && a.weight > b.weight)
}

/** A message that only tells that something failed comes behind the one that tells why. */
function inOrder(a: Found, b: Found): number {
  const sure = rank(b.score) - rank(a.score)
  if (sure !== 0) return sure
  const wraps = Number(a.entry.wraps === true) - Number(b.entry.wraps === true)
  if (wraps !== 0) return wraps
  return b.score - a.score || b.weight - a.weight
}

function rank(score: number): number {
  return score >= 1 ? 2 : score >= likelyFrom ? 1 : 0
}

/** Distinct lines, the last first; a long one in pieces that overlap by a message. */
function piecesOf(text: string): {pieces: readonly string[][]; cut: boolean} {
  const seen = new Set<string>()
  const pieces: string[][] = []
  let cut = text.length > mostText
  for (const line of bothEnds(text, mostText)
    .split(/[\r\n]+|\\n/)
    .reverse()) {
    for (let from = 0; from < line.length; from += longestPiece - 200) {
      const words = writtenWordsOf(line.slice(from, from + longestPiece))
      const key = words.join(' ')
      if (words.length === 0 || seen.has(key)) continue
      if (pieces.length >= mostLines) {
        cut = true
        return {pieces, cut}
      }
      seen.add(key)
      pieces.push(words)
    }
  }
  return {pieces, cut}
}

function matchesIn(written: readonly string[], index: MessageIndex, mayBeMisspelt: boolean): Found[] {
  const found: Found[] = []
  const given = written.map(each => each.toLowerCase())
  const alone = given.length === 1
  for (const mark of new Set(alone ? given : written)) {
    for (const entry of (alone ? index.plainMarks : index.marks).get(mark) ?? []) {
      const score = alone ? 1 : markScore
      found.push({pattern: null, entry, score, by: mark, weight: 0})
    }
  }
  found.push(...patternsIn(given, 1, index))
  if (!mayBeMisspelt || found.some(({score}) => score >= 1)) return found
  const {words, doubt} = corrected(given, index)
  return doubt === 1 ? found : [...found, ...patternsIn(words, doubt, index)]
}

function patternsIn(words: readonly string[], doubt: number, index: MessageIndex): Found[] {
  const found: Found[] = []
  const shared = new Map<number, number>()
  for (const each of new Set(words)) {
    const weight = index.weights.get(each) ?? 0
    for (const at of index.byWord.get(each) ?? []) shared.set(at, (shared.get(at) ?? 0) + weight)
  }
  for (const [at, weight] of shared) {
    const pattern = index.patterns[at]
    if (pattern === undefined || weight / pattern.weight < possibleFrom) continue
    const score = scoreOf(pattern, words, index) * doubt
    if (score >= possibleFrom)
      found.push({pattern, entry: pattern.entry, score, by: pattern.said, weight: pattern.weight})
  }
  return found
}

/** 1 when all of it stands there in its order, else the share of what tells it from others within a short stretch. */
function scoreOf(pattern: Pattern, words: readonly string[], {weights}: MessageIndex): number {
  const whole = holds(words, pattern.parts)
  if (whole && tells(pattern)) return 1
  const wanted = new Set(pattern.words)
  const length = 3 * pattern.words.length + 8
  const inside = new Map<string, number>()
  let weight = 0
  let most = 0
  words.forEach((each, at) => {
    if (wanted.has(each)) {
      if (!inside.has(each)) weight += weights.get(each) ?? 0
      inside.set(each, at)
    }
    for (const [old, place] of inside) {
      if (place > at - length) continue
      inside.delete(old)
      weight -= weights.get(old) ?? 0
    }
    most = Math.max(most, weight)
  })
  // A single common word proves nothing, and another order is another message.
  const lone = pattern.words.length === 1 ? 0.6 : 0.95
  return Math.min(0.99, (most / pattern.weight) * lone)
}

/** Two words, or a single one that is hardly said elsewhere. */
function tells({words}: Pattern): boolean {
  return words.length > 1 || (words[0]?.length ?? 0) >= 10
}

const longestGap = 40

/** Whether the parts stand there one behind the other, each unbroken. */
function holds(words: readonly string[], parts: readonly (readonly string[])[]): boolean {
  const [first] = parts
  if (first === undefined) return false
  for (let start = 0; start < words.length; start++) {
    if (!stands(words, start, first)) continue
    let at = start + first.length
    let all = true
    for (const part of parts.slice(1)) {
      let next = at
      while (next <= at + longestGap && next < words.length && !stands(words, next, part)) next++
      all = next <= at + longestGap && next < words.length
      if (!all) break
      at = next + part.length
    }
    if (all) return true
  }
  return false
}

function stands(words: readonly string[], at: number, part: readonly string[]): boolean {
  return part.every((each, i) => words[at + i] === each)
}
