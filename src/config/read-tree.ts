import {isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap} from 'yaml'
import {type Expansion, expand} from './expand.ts'
import type {Finding, Span} from './problem.ts'
import {pathText} from './problem.ts'
import type {KeyPath} from './schema-walk.ts'
import {isMergeKey, keyText, spanOf, type YamlSource} from './yaml-source.ts'

/** The plain value of a file, with variables put in. */
export interface Tree {
  readonly value: unknown
  /** Strings that hold a variable's value, by `pathKey`. */
  readonly expanded: ReadonlyMap<string, Expansion>
  readonly findings: readonly Finding[]
}

// A file of a thousand servers has about 30,000 values. Aliases of aliases can make billions.
const maxValues = 200_000
const maxDepth = 100

export function pathKey(path: KeyPath): string {
  return JSON.stringify(path)
}

/**
 * Turns the parsed file into a plain value. Variables are put into string values after parsing, so that no value can
 * change the structure. Reports duplicate keys, unknown anchors, odd tags and missing variables.
 */
export function readTree(source: YamlSource, env: Readonly<Record<string, string | undefined>>): Tree {
  const expanded = new Map<string, Expansion>()
  const findings: Finding[] = []
  const seen = new Set<Node>()
  const open = new Set<Node>()
  let values = 0
  try {
    return {value: read(source.root, [], undefined), expanded, findings}
  } catch (error) {
    if (!(error instanceof Excess)) throw error
    return {value: undefined, expanded, findings: [error.finding]}
  }

  function report(code: string, message: string, path: KeyPath, at: Span, suggestion?: string): void {
    findings.push({severity: 'error', code, message, path, at, suggestion})
  }

  function read(node: Node | null, path: KeyPath, around: Span | undefined): unknown {
    if (node === null) return null
    const at = spanOf(node) ?? around ?? {start: 0, end: 1}
    if (++values > maxValues)
      throw new Excess('yaml.too_many_values', `the file comes to more than ${maxValues} values, aliases followed`, at)
    if (path.length > maxDepth)
      throw new Excess('yaml.too_deep', `the file is nested deeper than ${maxDepth} levels`, at)
    if (isAlias(node)) {
      const target = source.targets.get(node)
      if (target === undefined) {
        report('yaml.alias', `there is no anchor &${node.source} before this alias`, path, at)
        return null
      }
      if (open.has(target)) {
        report('yaml.alias', `*${node.source} stands inside the value that it refers to`, path, at)
        return null
      }
      return read(target, path, at)
    }
    const first = !seen.has(node)
    seen.add(node)
    open.add(node)
    try {
      if (isScalar(node)) return readScalar(node, path, at, first)
      if (isMap(node)) return readMap(node, path, at, first)
      if (isSeq(node)) return node.items.map((item, index) => read(item as Node | null, [...path, index], at))
      return null
    } finally {
      open.delete(node)
    }
  }

  function readScalar(node: Scalar, path: KeyPath, at: Span, first: boolean): unknown {
    const {value} = node
    if (node.tag !== undefined && !knownTags.has(node.tag)) {
      if (first) report('yaml.tag', `the tag ${node.tag} means nothing here`, path, at, 'remove the tag')
      return null
    }
    if (typeof value !== 'string') return value
    const expansion = expand(value, env)
    // What a map merges in is read after its own keys, and does not count where it has its own.
    const key = pathKey(path)
    if (expansion.used.length > 0 && !expanded.has(key)) expanded.set(key, expansion)
    if (first) for (const fault of expansion.faults) reportVariable(fault, path, at)
    return expansion.text
  }

  function reportVariable(fault: Expansion['faults'][number], path: KeyPath, at: Span): void {
    const index = source.text.slice(at.start, at.end).indexOf(fault.reference)
    const place = index === -1 ? at : {start: at.start + index, end: at.start + index + fault.reference.length}
    const key = pathText(path)
    if (fault.kind === 'missing')
      report(
        'variable.missing',
        `the environment variable ${fault.name}, needed by ${key}, is not set`,
        path,
        place,
        `set ${fault.name}, or give a default: \${${fault.name}:-value}`,
      )
    else
      report('variable.syntax', `"\${" without a variable's name, in ${key}`, path, place, 'write $${ for a literal ${')
  }

  function readMap(node: YAMLMap, path: KeyPath, at: Span, first: boolean): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    const keys = new Map<string, Span>()
    const merges: Node[] = []
    for (const pair of node.items) {
      const keyAt = spanOf(pair.key as Node) ?? at
      if (isMergeKey(pair.key)) {
        if (pair.value) merges.push(pair.value as Node)
        continue
      }
      const key = keyText(pair.key)
      if (key === undefined) {
        report('yaml.key', 'a key must be plain text', path, keyAt)
        continue
      }
      const before = keys.get(key)
      if (before) {
        if (first) {
          const message = `the key ${JSON.stringify(key)} stands here twice`
          const related = {message: 'first here', at: before}
          findings.push({severity: 'error', code: 'key.duplicate', message, path: [...path, key], at: keyAt, related})
        }
        continue
      }
      keys.set(key, keyAt)
      put(result, key, read(pair.value as Node | null, [...path, key], keyAt))
    }
    for (const merge of merges) mergeInto(result, merge, path, at)
    return result
  }

  /** `<<`: keys of other maps, where the map has none of its own. */
  function mergeInto(result: Record<string, unknown>, merge: Node, path: KeyPath, at: Span): void {
    const value = read(merge, path, at)
    for (const map of Array.isArray(value) ? value : [value]) {
      if (typeof map !== 'object' || map === null || Array.isArray(map)) {
        report('yaml.merge', 'expected a map, or an alias of one, after <<', path, spanOf(merge) ?? at)
        continue
      }
      for (const [key, item] of Object.entries(map)) if (!Object.hasOwn(result, key)) put(result, key, item)
    }
  }
}

/** Also `__proto__` becomes a plain key. */
function put(target: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(target, key, {value, enumerable: true, configurable: true, writable: true})
}

const knownTags = new Set(['!', ...['str', 'int', 'float', 'bool', 'null'].map(name => `tag:yaml.org,2002:${name}`)])

class Excess extends Error {
  readonly finding: Finding
  constructor(code: string, message: string, at: Span) {
    super(message)
    this.finding = {severity: 'error', code, message, path: [], at}
  }
}
