import {type Span, skipSpace, skipValue, stop, stringToken, walkArray, walkObject} from './json-scan.ts'

/**
 * Small changes to JSON that is otherwise passed on byte for byte. Everything here takes valid JSON (a scanned message)
 * and leaves what is outside the changed place as it was.
 */

/** The value at a path of object keys, or null. The first of two equal keys counts. */
export function findValue(bytes: Buffer, span: Span, path: readonly string[]): Span | null {
  let current: Span = span
  for (const key of path) {
    const at = skipSpace(bytes, current.start)
    if (bytes[at] !== 0x7b) return null
    const found = findMember(bytes, at, key)
    if (found === null) return null
    current = found.value
  }
  return current
}

interface Member {
  readonly key: Span
  readonly value: Span
}

function findMember(bytes: Buffer, at: number, wanted: string): Member | null {
  let found: Member | null = null
  walkObject(bytes, at, (keyStart, keyEnd, valueStart) => {
    const valueEnd = skipValue(bytes, valueStart)
    if (!sameKey(bytes, keyStart, keyEnd, wanted)) return valueEnd
    found = {key: {start: keyStart, end: keyEnd}, value: {start: valueStart, end: valueEnd}}
    return stop
  })
  return found
}

/** Most keys differ in length or first byte: those are told apart without making a string. */
function sameKey(bytes: Buffer, start: number, end: number, wanted: string): boolean {
  const plain = bytes.indexOf(0x5c, start) >= end || bytes.indexOf(0x5c, start) === -1
  if (plain && (end - start - 2 < wanted.length || bytes[start + 1] !== wanted.charCodeAt(0))) return false
  return stringToken(bytes, start, end) === wanted
}

/** The members of an object, in order. */
export function objectMembers(bytes: Buffer, span: Span): readonly {readonly key: string; readonly value: Span}[] {
  const members: {key: string; value: Span}[] = []
  const at = skipSpace(bytes, span.start)
  if (bytes[at] !== 0x7b) return members
  walkObject(bytes, at, (keyStart, keyEnd, valueStart) => {
    const valueEnd = skipValue(bytes, valueStart)
    members.push({key: stringToken(bytes, keyStart, keyEnd), value: {start: valueStart, end: valueEnd}})
    return valueEnd
  })
  return members
}

/** The elements of an array, in order; none when it is no array. */
export function arrayElements(bytes: Buffer, span: Span): readonly Span[] {
  const elements: Span[] = []
  const at = skipSpace(bytes, span.start)
  if (bytes[at] !== 0x5b) return elements
  walkArray(bytes, at, start => {
    const end = skipValue(bytes, start)
    elements.push({start, end})
    return end
  })
  return elements
}

/** The text of the string at `span`, its quotes included in the span. */
export function stringAt(bytes: Buffer, span: Span): string {
  return stringToken(bytes, span.start, span.end)
}

export interface Replacement {
  readonly span: Span
  readonly with: Buffer
}

/** A copy with some places replaced. They may come in any order and must not overlap. */
export function replaceSpans(bytes: Buffer, replacements: readonly Replacement[]): Buffer {
  const parts: Buffer[] = []
  let at = 0
  for (const {span, with: replacement} of [...replacements].sort((a, b) => a.span.start - b.span.start)) {
    parts.push(bytes.subarray(at, span.start), replacement)
    at = span.end
  }
  parts.push(bytes.subarray(at))
  return Buffer.concat(parts)
}

/** A copy of the object's bytes with one member more, in front. `object` spans an object without that key. */
export function insertMember(bytes: Buffer, object: Span, key: string, value: Buffer): Buffer {
  const at = skipSpace(bytes, object.start) + 1
  const empty = bytes[skipSpace(bytes, at)] === 0x7d
  const member = Buffer.concat([Buffer.from(`${JSON.stringify(key)}:`), value, Buffer.from(empty ? '' : ',')])
  return replaceSpans(bytes, [{span: {start: at, end: at}, with: member}])
}

/** A copy in which the object's member has this value, whether it was there or not. */
export function setMember(bytes: Buffer, object: Span, key: string, value: Buffer): Buffer {
  const found = findMember(bytes, skipSpace(bytes, object.start), key)
  return found === null
    ? insertMember(bytes, object, key, value)
    : replaceSpans(bytes, [{span: found.value, with: value}])
}

/** A copy without the object's member, its comma gone with it. The same bytes when there is no such member. */
export function removeMember(bytes: Buffer, object: Span, key: string): Buffer {
  const found = findMember(bytes, skipSpace(bytes, object.start), key)
  if (found === null) return bytes
  const after = skipSpace(bytes, found.value.end)
  if (bytes[after] === 0x2c)
    return replaceSpans(bytes, [
      {span: {start: found.key.start, end: skipSpace(bytes, after + 1)}, with: Buffer.alloc(0)},
    ])
  let before = found.key.start - 1
  while (bytes[before] === 0x20 || bytes[before] === 0x0a || bytes[before] === 0x0d || bytes[before] === 0x09) before--
  const start = bytes[before] === 0x2c ? before : found.key.start
  return replaceSpans(bytes, [{span: {start, end: found.value.end}, with: Buffer.alloc(0)}])
}
