import {isAlias, isMap, isScalar, isSeq, type Node} from 'yaml'
import type {SecretMarks} from '../redaction/redactor.ts'
import type {Span} from './problem.ts'
import {type KeyPath, keysAt, placeAt} from './schema-walk.ts'
import {secretMarks} from './secret-marks.ts'
import {isMergeKey, keyText, spanOf, type YamlSource} from './yaml-source.ts'

// Every repetition below is bounded or cannot overlap the next one: a file is hostile, and 4 MiB long.
const secretName =
  /token|secret|passw|passphrase|api[-_]?key|access[-_]?key|authorization|credential|private[-_]?key|session[-_]?key|cookie|bearer|\bpwd\b/i
/** Keys below which everything may be a secret, also where they are misspelt or misplaced. */
const secretSection = /^(?:env\w*|environ\w*|headers?\w*|hdrs)$/i
const secretFormat =
  /\b(?:gh[pousr]_|github_pat_|glpat-|sk-|xox[a-z]-|AKIA|ya29\.|npm_|hf_|eyJ)[A-Za-z0-9._~+/=-]{6,}|\b(?:Bearer|Basic)[ \t]+[^\s$"'#][^\s"']*|(?<=:\/\/)[^/\s"'@:]*:[^/\s"'@]*(?=@)|(?<=[?&][\w-]{0,40}(?:key|token|secret|sig)[\w-]{0,40}=)[^&\s"'#]+/gi
/** `--token abc` on a command line, and as two items of a list on one line or two. */
const flagAndValue =
  /--?[\w-]{0,40}(?:token|secret|passw|api-?key|credential)[\w-]{0,40}["']?(?:\s*[,=]\s*|\s+(?:-\s+)?)["']?(?!--|\$\{)([^\s"',\]}]+)/gi
/** `--token=abc` in one argument; `--token` with the value in the next. */
const secretFlag = /^--?[\w-]{0,40}(?:token|secret|passw|key|auth|credential)[\w-]{0,40}(=|$)/i
/** `${NAME}` names a secret without telling it. */
const reference = /\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$\{[A-Za-z_][A-Za-z0-9_]*(?=:-)|^["']|["']$/g

/**
 * The places of a file whose text must not be shown: where the schema marks a secret, and whatever by its name or its
 * looks is one elsewhere. After a syntax error, lines are judged by their looks alone.
 */
export function secretSpans(source: YamlSource, parsed: boolean): Span[] {
  const spans = [...formatSpans(source.text), ...(parsed ? nodeSpans(source) : lineSpans(source.text))]
  return joined(spans)
}

/** What is not shown below a place; under a key that nobody knows, any text may be a secret. */
type Hide = 'nothing' | 'long text' | 'everything'

/** As in the redactor: shorter ones would hide ports and words. */
const shortestSecret = 8

function nodeSpans(source: YamlSource): Span[] {
  const spans: Span[] = []
  const hidden = new Set<Node>()
  const aliased = new Map<Node, Set<string>>()
  walk(source.root, [], secretMarks(), 'nothing')
  return spans

  function walk(node: Node | null, path: KeyPath, marks: SecretMarks, hide: Hide): void {
    if (node === null || path.length > 120) return
    if (isAlias(node)) {
      const target = source.targets.get(node)
      // Seen in its own place already; here only what this place adds counts.
      const use = `${hide} ${JSON.stringify(marks)}`
      const uses = (target && aliased.get(target)) ?? new Set<string>()
      if (target === undefined || uses.has(use)) return
      if (hide !== 'nothing' || marks.length > 0) {
        aliased.set(target, uses.add(use))
        walk(target, path, marks, hide)
      }
      return
    }
    const secret = hide === 'everything' || marks.some(mark => mark.length === 0)
    const inherited: Hide = secret ? 'everything' : hide
    if (isScalar(node)) {
      const long = typeof node.value === 'string' && node.value.length >= shortestSecret
      if ((secret || (hide === 'long text' && long)) && !hidden.has(node)) {
        hidden.add(node)
        pushAround(source.text, spanOf(node), spans)
      }
    } else if (isSeq(node)) {
      let afterFlag = false
      for (const [index, item] of (node.items as (Node | null)[]).entries()) {
        walk(item, [...path, index], below(marks, String(index)), afterFlag ? 'everything' : inherited)
        const flag = isScalar(item) && typeof item.value === 'string' ? secretFlag.exec(item.value) : null
        if (flag && item && flag[1] === '=') pushAround(source.text, afterEquals(source.text, spanOf(item)), spans)
        afterFlag = flag !== null && flag[1] !== '='
      }
    } else if (isMap(node)) {
      const known = keysAt(path)
      for (const pair of node.items) {
        if (isMergeKey(pair.key)) {
          const merged = pair.value as Node | null
          for (const map of isSeq(merged) ? (merged.items as (Node | null)[]) : [merged])
            walk(map, path, marks, inherited)
          continue
        }
        const key = keyText(pair.key) ?? ''
        const misplaced = known.length > 0 && !known.includes(key) && !key.startsWith('x-')
        const looks = secretName.test(key) || secretSection.test(key)
        const child = [...path, key]
        const strange = misplaced && !isScalar(pair.value)
        const knownPlain = looks && known.includes(key) && placeAt(child)?.meta.secret !== true
        walk(
          pair.value as Node | null,
          child,
          below(marks, key),
          looks && !knownPlain ? 'everything' : strange && !secret ? 'long text' : inherited,
        )
      }
    }
  }
}

function below(marks: SecretMarks, key: string): SecretMarks {
  return marks.filter(mark => mark[0] === key || mark[0] === '*').map(mark => mark.slice(1))
}

function afterEquals(text: string, span: Span | undefined): Span | undefined {
  return span && {start: text.indexOf('=', span.start) + 1, end: span.end}
}

/** The span without quotes and references to variables. */
function pushAround(text: string, span: Span | undefined, spans: Span[]): void {
  if (span === undefined) return
  const raw = text.slice(span.start, span.end)
  let offset = 0
  for (const match of raw.matchAll(reference)) {
    if (match.index > offset) spans.push({start: span.start + offset, end: span.start + match.index})
    offset = match.index + match[0].length
  }
  if (offset < raw.length) spans.push({start: span.start + offset, end: span.end})
}

function formatSpans(text: string): Span[] {
  const spans: Span[] = []
  for (const pattern of [secretFormat, flagAndValue])
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length
      spans.push({start: end - (match[1] ?? match[0]).length, end})
    }
  return spans
}

/** What may be secret in a file that does not parse: after a telling key, and below one that is less indented. */
function lineSpans(text: string): Span[] {
  const spans: Span[] = []
  let start = 0
  let section = -1
  for (const line of text.split('\n')) {
    const indent = line.search(/\S/)
    if (indent !== -1 && indent <= section) section = -1
    const match = /^\s*(?:-\s+)*["']?([\w.-]{1,64})["']?\s*:/.exec(line)
    const telling = match?.[1] !== undefined && (secretSection.test(match[1]) || secretName.test(match[1]))
    if (indent !== -1 && section !== -1)
      pushAround(text, {start: start + (match?.[0].length ?? indent), end: start + line.length}, spans)
    else {
      const inner = /\b([\w.-]{1,64})["']?\s*[:=]\s*/g
      for (const part of line.matchAll(inner)) {
        if (part[1] === undefined || !(secretSection.test(part[1]) || secretName.test(part[1]))) continue
        pushAround(text, {start: start + part.index + part[0].length, end: start + line.length}, spans)
        break
      }
    }
    if (telling && section === -1) section = match[0].search(/[^\s-]/)
    start += line.length + 1
  }
  return spans
}

/** In order, without overlaps or empty ones. */
function joined(spans: Span[]): Span[] {
  const result: {start: number; end: number}[] = []
  for (const span of spans.filter(({start, end}) => end > start).sort((a, b) => a.start - b.start)) {
    const last = result.at(-1)
    if (last && span.start <= last.end) last.end = Math.max(last.end, span.end)
    else result.push({...span})
  }
  return result
}
