import {didYouMean} from '../../config/did-you-mean.ts'
import {type CheckExplanation, explainCheck} from '../explain-check.ts'
import {allChecks} from '../find-check.ts'
import {codes, findCode, type WantedCode} from './codes.ts'
import {type CodeEntry, codeText, type MessageEntry} from './entry.ts'
import {type MessageMatch, matchMessage} from './match-message.ts'
import {indexMessages} from './message-index.ts'
import {messages} from './messages.ts'
import {type Pasted, readPasted} from './pasted.ts'
import type {Subject} from './subject.ts'

/** What can be said without looking at any runtime. */
export type Explanation =
  | {readonly kind: 'code'; readonly entry: CodeEntry}
  /** No entry, but a range that it lies in. */
  | {readonly kind: 'range'; readonly code: string; readonly meaning: string; readonly near: readonly string[]}
  | {readonly kind: 'check'; readonly check: CheckExplanation}
  | {readonly kind: 'checks'; readonly checks: readonly {readonly id: string; readonly title: string}[]}
  | {
      readonly kind: 'message'
      readonly matches: readonly MessageMatch[]
      /** Codes that stand in the text. */
      readonly codes: readonly CodeEntry[]
      readonly pasted: Pick<Pasted, 'requestId' | 'serverId' | 'blame' | 'evidence'>
      /** The text is longer than what was looked at. */
      readonly cut: boolean
    }
  /** Nothing is known of it. */
  | {readonly kind: 'none'; readonly near: readonly string[]}

const index = indexMessages(messages)

export function explain(subject: Exclude<Subject, {readonly kind: 'request' | 'trace'}>): Explanation {
  switch (subject.kind) {
    case 'code':
      return explainCode(subject.wanted)
    case 'check':
      return {kind: 'check', check: explainCheck(subject.id)}
    case 'checks': {
      const checks = allChecks.filter(({id}) => subject.ids.includes(id)).map(({id, title}) => ({id, title}))
      return {kind: 'checks', checks}
    }
    case 'message':
      return explainMessage(subject.text)
  }
}

/** The entry of a family, by its id. */
export function messageNamed(id: string): MessageEntry | undefined {
  return messages.find(each => each.id === id)
}

function explainCode(wanted: WantedCode): Explanation {
  const found = findCode(wanted)
  if (found.state === 'known') return {kind: 'code', entry: found.entry}
  const near = found.near.map(codeText)
  return found.state === 'unknown'
    ? {kind: 'none', near}
    : {kind: 'range', code: codeText(wanted), meaning: found.meaning, near}
}

function explainMessage(text: string): Explanation {
  const named = messageNamed(text.toLowerCase())
  const {message, codes: numbers, statuses, ...pasted} = readPasted(text)
  const found: readonly CodeEntry[] = [
    ...numbers.map(code => findCode({kind: 'rpc', code})),
    ...statuses.map(code => findCode({kind: 'http', code})),
  ].flatMap(each => (each.state === 'known' ? [each.entry] : []))
  const {matches, cut} =
    named === undefined
      ? matchMessage(message, index)
      : {matches: [{entry: named, sure: 'certain', score: 1, by: named.id} as const], cut: false}
  if (matches.length === 0 && found.length === 0) return {kind: 'none', near: nearWords(text)}
  return {kind: 'message', matches, codes: found, pasted, cut}
}

const mostNear = 3

/** Ids and names that a single word was probably meant to be. */
function nearWords(text: string): string[] {
  const lists = [allChecks.map(({id}) => id), messages.map(({id}) => id), codes.map(({name}) => name)]
  const near = lists.map(words => didYouMean(text, words)).filter(each => each !== undefined)
  return near.slice(0, mostNear)
}
