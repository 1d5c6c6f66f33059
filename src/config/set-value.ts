import {isDeepStrictEqual} from 'node:util'
import {isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap} from 'yaml'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {pathText} from './problem.ts'
import {readTree} from './read-tree.ts'
import type {KeyPath} from './schema-walk.ts'
import {spliced, type TextEdit} from './splice.ts'
import {isMergeKey, keyText, parseYaml, type YamlSource} from './yaml-source.ts'

/**
 * The text of a file with true or false at one place, made where it is missing; comments, order and layout stay. The
 * result is parsed again and compared with what was meant.
 * @throws AppError EDIT_REFUSED where the file is written in a way that such an edit could spoil
 */
export function setFlag(text: string, path: KeyPath, value: boolean): string {
  const {source} = parseYaml(text)
  const edit = editFor(source, path, value)
  const result = edit && spliced(text, [edit])
  if (result === undefined || !isDeepStrictEqual(plainValue(result), withValue(plainValue(text), path, value)))
    throw new AppError('EDIT_REFUSED', `${pathText(path)} cannot be set in this file without touching more of it`, {
      fix: `Write it by hand: ${pathText(path)} is to be ${value}.`,
      exitCode: exitCode.unable,
    })
  return result
}

function editFor(source: YamlSource, path: KeyPath, value: boolean): TextEdit | undefined {
  let node: Node | null = source.root
  for (const [depth, key] of path.entries()) {
    const rest = path.slice(depth)
    if (isSeq(node)) {
      node = node.items[Number(key)] as Node | null
      continue
    }
    if (node === null || isAlias(node) || !isMap(node)) return undefined
    const pair = own(node, String(key))
    if (pair === undefined) return addTo(source, node, rest, value, depth === 0)
    const inner = pair.value as Node | null
    const range = inner?.range
    const nothing = inner === null || (isScalar(inner) && inner.value === null)
    if (depth === path.length - 1) {
      if (nothing || !isScalar(inner) || !range) return undefined
      return {start: range[0], end: range[1], text: String(value)}
    }
    if (nothing) return fill(source, pair, node, rest.slice(1), value)
    node = inner
  }
  return undefined
}

function own(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find(pair => !isMergeKey(pair.key) && keyText(pair.key) === key)
}

/** A key that the map does not have: behind its first line, so that comments above the others stay theirs. */
function addTo(source: YamlSource, map: YAMLMap, path: KeyPath, value: boolean, top: boolean): TextEdit | undefined {
  const {text} = source
  const start = map.range?.[0]
  if (start === undefined) return undefined
  if (map.flow === true) {
    const json = map.items.some(({key}) => isScalar(key) && key.type === 'QUOTE_DOUBLE')
    return {start: start + 1, end: start + 1, text: flow(path, value, json) + (map.items.length > 0 ? ', ' : '')}
  }
  const line = newline(text)
  const first = map.items[0]
  const keyStart = (first?.key as Node | undefined)?.range?.[0]
  if (first === undefined || keyStart === undefined) return undefined
  const indent = keyStart - (text.lastIndexOf('\n', keyStart - 1) + 1)
  if (top) {
    const end = text.replace(/\s+$/, '').length
    const more = text.slice(end).includes('\n') ? '' : line
    return {start: end, end, text: line + block(path, value, 0, line) + more}
  }
  const inner = first.value as Node | null
  const end = lineEnd(text, inner?.range?.[1] ?? keyStart)
  const simple = inner === null || isScalar(inner) || isAlias(inner)
  if (simple && lineEnd(text, keyStart) === end) return {start: end, end, text: line + block(path, value, indent, line)}
  return {
    start: keyStart,
    end: keyStart,
    text: block(path, value, indent, line).trimStart() + line + ' '.repeat(indent),
  }
}

/** A section with nothing in it but comments. */
function fill(source: YamlSource, pair: Pair, map: YAMLMap, path: KeyPath, value: boolean): TextEdit | undefined {
  const {text} = source
  const inner = pair.value as Node | null
  const range = inner?.range
  if (range && range[1] > range[0]) return {start: range[0], end: range[1], text: `{${flow(path, value, false)}}`}
  const keyStart = (pair.key as Node).range?.[0]
  if (keyStart === undefined || map.flow === true) return undefined
  const indent = keyStart - (text.lastIndexOf('\n', keyStart - 1) + 1)
  const end = lineEnd(text, keyStart)
  return {start: end, end, text: newline(text) + block(path, value, indent + 2, newline(text))}
}

function block(path: KeyPath, value: boolean, indent: number, line: string): string {
  return path
    .map((key, depth) => `${' '.repeat(indent + 2 * depth)}${key}:${depth === path.length - 1 ? ` ${value}` : ''}`)
    .join(line)
}

function flow(path: KeyPath, value: boolean, json: boolean): string {
  const [key, ...rest] = path
  const name = json ? JSON.stringify(key) : String(key)
  return `${name}: ${rest.length === 0 ? value : `{${flow(rest, value, json)}}`}`
}

function lineEnd(text: string, offset: number): number {
  const next = text.indexOf('\n', offset)
  const end = next === -1 ? text.length : next
  return text[end - 1] === '\r' ? end - 1 : end
}

function newline(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}

function plainValue(text: string): unknown {
  const {source, fault} = parseYaml(text)
  if (fault !== undefined) return fault
  // Variables stay as they are written: an edit has nothing to do with their values.
  return readTree(source, {}).value
}

function withValue(whole: unknown, path: KeyPath, value: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return value
  if (Array.isArray(whole)) return whole.with(Number(key), withValue(whole[Number(key)], rest, value))
  const map = (whole ?? {}) as Readonly<Record<string, unknown>>
  return {...map, [key]: withValue(map[String(key)], rest, value)}
}
