import {type CodeEntry, codeText, type Explained, type MessageEntry} from '../diagnostics/explain/entry.ts'
import type {Explanation} from '../diagnostics/explain/explain.ts'

/** What `explain --json` prints: `kind` tells which of the shapes it is. */
export function explanationJson(query: string, explanation: Explanation): object {
  const head = {kind: explanation.kind, query: query.length > 2000 ? `${query.slice(0, 1999)}…` : query}
  switch (explanation.kind) {
    case 'code':
      return {...head, ...codeJson(explanation.entry)}
    case 'range':
      return {
        ...head,
        kind: 'code',
        code: explanation.code,
        name: null,
        meaning: explanation.meaning,
        didYouMean: explanation.near,
      }
    case 'check':
      return {...head, ...explanation.check}
    case 'checks':
      return {...head, checks: explanation.checks}
    case 'message':
      return {
        ...head,
        matches: explanation.matches.map(({entry, sure, score, by}) => ({sure, score, by, ...messageJson(entry)})),
        codes: explanation.codes.map(codeJson),
        ...explanation.pasted,
        cut: explanation.cut,
      }
    case 'none':
      return {...head, didYouMean: explanation.near}
  }
}

export function codeJson(entry: CodeEntry): object {
  const {kind, code, name, origin} = entry
  return {code: codeText(entry), number: code, type: kind, name, origin, ...explainedJson(entry)}
}

export function messageJson(entry: MessageEntry): object {
  const {id, title, said, words = [], codes = []} = entry
  return {id, title, said, words, codes, ...explainedJson(entry)}
}

function explainedJson({meaning, blame, causes, next, example, docs}: Explained): object {
  return {meaning, blame, causes, next, example, docs: `docs/troubleshooting.md#${docs}`}
}
