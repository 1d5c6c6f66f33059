import {JsonCursor, type Span} from './json-scan.ts'
import {spaceEnd} from './json-token.ts'
import {decodeString, isText} from './key-match.ts'

/**
 * Reads and edits places inside JSON bytes without touching the rest. The bytes have been scanned before: malformed ones
 * are a fault of the caller and throw a SyntaxError.
 *
 * Where a key stands twice, reading gives the last, as JSON.parse does, and writing changes every one of them: no reader
 * of the result, whichever it takes, sees the old value.
 */
export interface Member {
  readonly key: string
  /** The key with its quotes. */
  readonly keySpan: Span
  readonly value: Span
}

/** `with` instead of what stands in `span`; an empty span inserts. */
export interface Edit {
  readonly span: Span
  readonly with: Buffer
}

const quote = 0x22
const openBracket = 0x5b
const openBrace = 0x7b
const comma = Buffer.from(',')
const backslash = 0x5c
const nothing = Buffer.alloc(0)

/**
 * The value at a path of object keys.
 * @returns null when a step of the path is no object or has no such member
 */
export function findValue(bytes: Buffer, span: Span, path: readonly string[]): Span | null {
  let at = span
  for (const key of path) {
    const cursor = cursorAt(bytes, at)
    if (cursor.peek() !== openBrace) return null
    let found: Span | null = null
    cursor.enter()
    while (cursor.nextMember()) {
      const start = cursor.pos
      const wanted = isText(bytes, cursor.keyStart, cursor.keyEnd, key)
      if (cursor.skipValue() && wanted) found = {start, end: cursor.pos}
    }
    throwOnFault(cursor)
    if (found === null) return null
    at = found
  }
  return at
}

/** The text of a string value; null when the value is something else. */
export function stringAt(bytes: Buffer, span: Span): string | null {
  return bytes[span.start] === quote ? decodeString(bytes, span.start, span.end) : null
}

/**
 * Whether an object can hold `_meta`, spelt plainly or with escapes: a search through the bytes instead of a walk, since
 * most requests have none and several layers ask.
 */
export function mayHaveMeta(bytes: Buffer): boolean {
  return bytes.includes('_meta') || bytes.includes(backslash)
}

/** The members of an object in their order; none for any other value. */
export function objectMembers(bytes: Buffer, span: Span): Member[] {
  const members: Member[] = []
  const cursor = cursorAt(bytes, span)
  if (cursor.peek() !== openBrace) return members
  cursor.enter()
  while (cursor.nextMember()) {
    const keySpan = {start: cursor.keyStart, end: cursor.keyEnd}
    const start = cursor.pos
    if (!cursor.skipValue()) break
    members.push({key: decodeString(bytes, keySpan.start, keySpan.end), keySpan, value: {start, end: cursor.pos}})
  }
  throwOnFault(cursor)
  return members
}

/** The elements of an array; none for any other value. */
export function arrayElements(bytes: Buffer, span: Span): Span[] {
  const elements: Span[] = []
  const cursor = cursorAt(bytes, span)
  if (cursor.peek() !== openBracket) return elements
  cursor.enter()
  while (cursor.nextElement()) {
    const start = cursor.pos
    if (cursor.skipValue()) elements.push({start, end: cursor.pos})
  }
  throwOnFault(cursor)
  return elements
}

/**
 * The bytes with all edits made at once, in any order given; edits at the same place in the order given.
 * @throws RangeError when two of them overlap
 */
export function replaceSpans(bytes: Buffer, edits: readonly Edit[]): Buffer {
  const parts: Buffer[] = []
  let done = 0
  for (const edit of edits.toSorted((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)) {
    if (edit.span.start < done || edit.span.end > bytes.length) {
      throw new RangeError(`edits overlap or leave the bytes at ${edit.span.start}`)
    }
    parts.push(bytes.subarray(done, edit.span.start), edit.with)
    done = edit.span.end
  }
  parts.push(bytes.subarray(done))
  return Buffer.concat(parts)
}

/**
 * The edits that give the members of one object new values (`null` removes one, a key that is not there is added at the
 * end). For several places at once: collect them, then one `replaceSpans`.
 * @throws TypeError when the span is no object
 */
export function memberEdits(bytes: Buffer, object: Span, changes: ReadonlyMap<string, Buffer | null>): Edit[] {
  const {start} = trimmed(bytes, object)
  const members = objectMembers(bytes, object)
  const edits: Edit[] = []
  const present = new Set<string>()
  const lastKept = members.findLastIndex(member => changes.get(member.key) !== null)
  let empty = lastKept < 0
  for (const [index, member] of members.entries()) {
    present.add(member.key)
    const change = changes.get(member.key)
    if (change === null) edits.push({span: removal(members, index, index < lastKept), with: nothing})
    else if (change !== undefined) edits.push({span: member.value, with: change})
  }
  const end = members.at(-1)?.value.end ?? start + 1
  for (const [key, value] of changes) {
    if (value === null || present.has(key)) continue
    const parts = [Buffer.from(`${JSON.stringify(key)}:`), value]
    edits.push({span: {start: end, end}, with: Buffer.concat(empty ? parts : [comma, ...parts])})
    empty = false
  }
  return edits
}

/** Adds a member at the end, where it wins over one of the same key (see `setMember` to replace that). */
export function insertMember(bytes: Buffer, object: Span, key: string, value: Buffer): Buffer {
  const {start, end: close} = trimmed(bytes, object)
  const end = trimmedEnd(bytes, close - 1)
  const member = Buffer.concat([Buffer.from(`${end > start + 1 ? ',' : ''}${JSON.stringify(key)}:`), value])
  return replaceSpans(bytes, [{span: {start: end, end}, with: member}])
}

/** Gives a member its value, wherever it stands, or adds it at the end. */
export function setMember(bytes: Buffer, object: Span, key: string, value: Buffer): Buffer {
  return replaceSpans(bytes, memberEdits(bytes, object, new Map([[key, value]])))
}

/** Takes a member out, with the comma and the white space that belong to it. */
export function removeMember(bytes: Buffer, object: Span, key: string): Buffer {
  return replaceSpans(bytes, memberEdits(bytes, object, new Map([[key, null]])))
}

/** A member with one of its commas: the one behind it while members follow that stay, else the one before it. */
function removal(members: readonly Member[], index: number, followed: boolean): Span {
  const member = members[index] as Member
  const next = members[index + 1]
  if (followed && next !== undefined) return {start: member.keySpan.start, end: next.keySpan.start}
  return {start: members[index - 1]?.value.end ?? member.keySpan.start, end: member.value.end}
}

/** The object without the white space around it. */
function trimmed(bytes: Buffer, object: Span): Span {
  const start = spaceEnd(bytes, object.start, object.end)
  if (bytes[start] !== openBrace) throw new TypeError(`no object at byte ${start}`)
  return {start, end: trimmedEnd(bytes, object.end)}
}

function trimmedEnd(bytes: Buffer, at: number): number {
  let end = at
  while (spaceEnd(bytes, end - 1, end) === end) end--
  return end
}

/** Depth was judged by the scan; here it does not matter. */
function cursorAt(bytes: Buffer, span: Span): JsonCursor {
  return new JsonCursor(bytes, span.start, span.end)
}

function throwOnFault(cursor: JsonCursor): void {
  if (cursor.failed) throw new SyntaxError(`not JSON: ${cursor.describe()}`)
}
