import {isDeepStrictEqual} from 'node:util'
import {isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap} from 'yaml'
import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {pathText} from './problem.ts'
import {readTree} from './read-tree.ts'
import type {KeyPath} from './schema-walk.ts'
import {keyText, parseYaml, spanOf, type YamlSource} from './yaml-source.ts'

/**
 * The text of a file with one switch set: nothing else in it changes, comments, order and layout included. Missing
 * sections are added. What comes out is parsed again and compared with what was meant.
 * @throws AppError `EDIT_REFUSED` where that cannot be done for sure
 */
export function setValue(text: string, path: KeyPath, value: boolean): string {
  const {source, fault} = parseYaml(text)
  if (fault) throw refused(path, 'the file is not valid YAML')
  const changed = splice(source, path, value)
  const again = parseYaml(changed)
  const meant = withValue(plainValue(source), path, value)
  if (again.fault !== undefined || !isDeepStrictEqual(plainValue(again.source), meant))
    throw refused(path, 'the layout of the file around it is not understood')
  return changed
}

/** As the file says it, variables not put in. */
function plainValue(source: YamlSource): unknown {
  return readTree(source, {}).value
}

function withValue(tree: unknown, [key, ...rest]: KeyPath, value: boolean): unknown {
  if (key === undefined) return value
  if (Array.isArray(tree)) return tree.with(Number(key), withValue(tree[Number(key)], rest, value))
  const map = (typeof tree === 'object' && tree !== null ? tree : {}) as Record<string, unknown>
  return {...map, [key]: withValue(map[key], rest, value)}
}

function splice(source: YamlSource, path: KeyPath, value: boolean): string {
  const {text} = source
  let node: Node | null = source.root
  let owner: Pair | undefined
  let indent = -1
  for (const [depth, key] of path.entries()) {
    if (isAlias(node)) throw refused(path, `${pathText(path.slice(0, depth))} is an alias of *${node.source}`)
    const rest = path.slice(depth)
    if (node === null || (isScalar(node) && node.value === null))
      return insert(text, endOfKey(source, owner), `${block(rest, value, indent + 2, eol(text))}`, 'after')
    if (isSeq(node) && typeof key === 'number') {
      node = (node.items[key] as Node | undefined) ?? null
      owner = undefined
      continue
    }
    if (!isMap(node)) throw refused(path, `${pathText(path.slice(0, depth))} is no map of keys`)
    const map: YAMLMap = node
    const pair = map.items.find(each => keyText(each.key) === String(key))
    if (pair === undefined) return addTo(source, map, rest, value, path)
    owner = pair
    indent = columnOf(text, spanOf(pair.key as Node)?.start ?? 0)
    node = pair.value as Node | null
  }
  if (isAlias(node)) throw refused(path, `it is an alias of *${node.source}`)
  const span = node && spanOf(node)
  if (!span || span.start === span.end) return insert(text, endOfKey(source, owner), ` ${value}`, 'on')
  if (!isScalar(node)) throw refused(path, 'something else than true or false stands there')
  // A literal block ends with its line break, which stays.
  const tail = text.slice(span.start, span.end).endsWith('\n') ? eol(text) : ''
  return text.slice(0, span.start) + value + tail + text.slice(span.end)
}

/** A key that is not there yet: the first of a flow map, the last of the file, else before the map's first one. */
function addTo(source: YamlSource, map: YAMLMap, rest: KeyPath, value: boolean, path: KeyPath): string {
  const {text} = source
  const start = spanOf(map)?.start
  if (start === undefined) throw refused(path, 'its section has no place in the file')
  const first = map.items[0]
  if (map.flow === true) {
    const quoted = first === undefined || /^["']/.test(text.slice(spanOf(first.key as Node)?.start))
    const words = flow(rest, value, quoted)
    return `${text.slice(0, start + 1)}${words}${first === undefined ? '' : ', '}${text.slice(start + 1)}`
  }
  const firstStart = first && spanOf(first.key as Node)?.start
  if (firstStart === undefined) throw refused(path, 'its section is empty')
  const column = columnOf(text, firstStart)
  if (map === source.root) {
    const body = block(rest, value, 0, eol(text)).slice(eol(text).length)
    const gap = text.endsWith('\n') ? '' : eol(text)
    return `${text}${gap}${eol(text)}${body}${eol(text)}`
  }
  // Behind the first key's own line: its comment stays where it is. Only where the value ends on that line.
  const own = block(rest, value, column, eol(text)).slice(eol(text).length)
  const second = `${own.trimStart()}${eol(text)}${' '.repeat(column)}`
  const lineStart = text.lastIndexOf('\n', firstStart - 1) + 1
  const leading = text.slice(lineStart, firstStart)
  if (/^ *$/.test(leading)) return text.slice(0, firstStart) + second + text.slice(firstStart)
  // `- id: a`: the id stays in front, the new key stands below it.
  const value0 = first?.value as Node | null
  const end = lineEnd(text, (value0 && spanOf(value0)?.end) ?? firstStart)
  const oneLine = value0 !== null && isScalar(value0) && !text.slice(firstStart, spanOf(value0)?.end).includes('\n')
  if (oneLine) return insert(text, end, `${eol(text)}${own}`, 'on')
  return text.slice(0, firstStart) + second + text.slice(firstStart)
}

/** Lines, each begun by a line break. */
function block(path: KeyPath, value: boolean, indent: number, newline: string): string {
  const [key, ...rest] = path
  const line = `${newline}${' '.repeat(indent)}${key}:`
  return rest.length === 0 ? `${line} ${value}` : `${line}${block(rest, value, indent + 2, newline)}`
}

function flow([key, ...rest]: KeyPath, value: boolean, quoted: boolean): string {
  const name = quoted ? JSON.stringify(key) : key
  return `${name}: ${rest.length === 0 ? value : `{${flow(rest, value, quoted)}}`}`
}

/** Where a value of a key without one would stand: behind its colon. */
function endOfKey({text}: YamlSource, owner: Pair | undefined): number {
  const end = owner && spanOf(owner.key as Node)?.end
  if (end === undefined) return text.length
  return text.indexOf(':', end) + 1
}

function insert(text: string, at: number, words: string, where: 'after' | 'on'): string {
  const place = where === 'after' ? lineEnd(text, at) : at
  return text.slice(0, place) + words + text.slice(place)
}

function lineEnd(text: string, from: number): number {
  const next = text.indexOf('\n', from)
  if (next === -1) return text.length
  return text[next - 1] === '\r' && next - 1 >= from ? next - 1 : next
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1)
}

function eol(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n'
}

function refused(path: KeyPath, why: string): AppError {
  return new AppError('EDIT_REFUSED', `${pathText(path)} cannot be set without touching more: ${why}`, {
    fix: 'Edit the file by hand, and check it with: only1mcp validate FILE',
    exitCode: exitCode.unable,
  })
}
