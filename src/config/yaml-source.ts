// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables of a configuration file
import {
  type Alias,
  type Document,
  isAlias,
  isCollection,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  Scalar,
  visit,
} from 'yaml'
import type {Finding, Span} from './problem.ts'
import {syntaxWords} from './syntax-words.ts'

/** A parsed file: what it says and where. */
export interface YamlSource {
  readonly text: string
  readonly root: Node | null
  readonly lines: LineCounter
  /** What each alias stands for; one without an entry has no anchor before it. */
  readonly targets: ReadonlyMap<Alias, Node>
}

/** Parses one YAML 1.2 document (or JSON). After a syntax error the source is only good for showing it. */
export function parseYaml(text: string): {source: YamlSource; fault: Finding | undefined} {
  const lines = new LineCounter()
  // Duplicate keys and aliases are ours: the parser's own checks are quadratic.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: false,
    schema: 'core',
    logLevel: 'error',
  })
  const source = {text, root: document.contents, lines, targets: aliasTargets(document)}
  return {source, fault: firstFault(document, text)}
}

function aliasTargets(document: Document): Map<Alias, Node> {
  const anchors = new Map<string, Node>()
  const targets = new Map<Alias, Node>()
  if (document.errors.length > 0) return targets
  visit(document, {
    Node(_, node) {
      if (isAlias(node)) {
        const target = anchors.get(node.source)
        if (target) targets.set(node, target)
      } else if (node.anchor !== undefined) anchors.set(node.anchor, node)
    },
  })
  return targets
}

/** Only the first: what follows it is mostly its consequence. */
function firstFault(document: Document, text: string): Finding | undefined {
  const error = document.errors[0]
  if (error === undefined) return undefined
  const [start, end] = error.pos
  const said = isBareVariable(text, start) ? bareVariable : syntaxWords(error, text)
  const fault: Finding = {
    severity: 'error',
    code: error.code === 'RESOURCE_EXHAUSTION' ? 'yaml.too_deep' : 'yaml.syntax',
    message: said?.message ?? lowerFirst(error.message),
    suggestion: said?.suggestion,
    path: [],
    at: {start, end: Math.max(end, start + 1)},
  }
  const opening =
    said === bareVariable
      ? undefined
      : /^(Flow (sequence|map)|Missing closing) /.test(error.message)
        ? openedBefore(document, start)
        : undefined
  if (opening === undefined) return fault
  // The end of the file says nothing: what was never closed does.
  const sign = opening.sign
  return {
    ...fault,
    message: `this ${sign} is never closed`,
    at: opening.at,
    suggestion: `add the closing ${closing[sign]}`,
  }
}

const closing: Readonly<Record<string, string>> = {'[': ']', '{': '}', '"': '"', "'": "'"}

/** The innermost bracket or quote that opens before an offset and is not closed by it. */
function openedBefore(document: Document, offset: number): {sign: string; at: Span} | undefined {
  let found: {sign: string; at: Span} | undefined
  visit(document, {
    Node(_, node) {
      const start = node.range?.[0]
      if (start === undefined || start > offset) return
      const end = node.range?.[1] ?? start
      if (isCollection(node) && node.flow === true && end >= offset)
        found = {sign: isSeq(node) ? '[' : '{', at: {start, end: start + 1}}
      if (isScalar(node) && end >= offset - 1)
        if (node.type === Scalar.QUOTE_DOUBLE) found = {sign: '"', at: {start, end: start + 1}}
        else if (node.type === Scalar.QUOTE_SINGLE) found = {sign: "'", at: {start, end: start + 1}}
    },
  })
  return found
}

/** `{PORT: ${PORT}}`: inside brackets the brace of a variable opens a map. */
const bareVariable = {
  message: '"${" inside [ ] or { } is read as the start of a map',
  suggestion: 'put the value in quotes: "${NAME}"',
}

function isBareVariable(text: string, offset: number): boolean {
  return text[offset] === '{' && text[offset - 1] === '$'
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

/** Where a node stands; a block starts at its first key. */
export function spanOf(node: Node): Span | undefined {
  const range = node.range
  return range ? {start: range[0], end: range[1]} : undefined
}

/** The text of a key, as the file has it: `8080` and `"8080"` are the same key, `no` is not false. */
export function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined
  if (typeof key.value === 'string') return key.value
  return key.source ?? ''
}

/** `<<: *other`, the merge key of YAML 1.1 that many files use. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === Scalar.PLAIN
}
