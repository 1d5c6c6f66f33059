import {isUtf8} from 'node:buffer'
import {JsonCursor} from './json-scan.ts'
import {isDigit, stringEnd} from './json-token.ts'
import {decodeString, keyNames, matchKey} from './key-match.ts'

/** A JSON-RPC id as it was spelt, so that an answer can carry the very bytes that came. */
export interface MessageId {
  readonly bytes: Buffer
  readonly type: 'string' | 'number'
  /**
   * For maps: equal for equal ids, and never the same for a string and a number. `1.0` counts as `1`, since servers that
   * read every number as a double answer so; other fractions and exponents are told apart by their spelling.
   */
  readonly key: string
}

/** @returns null when the value at `start` is neither a string nor a number. The bytes are known to be valid JSON. */
export function readId(bytes: Buffer, start: number, end: number): MessageId | null {
  const first = bytes[start] as number
  if (first === 0x22) {
    return {bytes: bytes.subarray(start, end), type: 'string', key: `s:${decodeString(bytes, start, end)}`}
  }
  if (first !== 0x2d && !isDigit(first)) return null
  return {bytes: bytes.subarray(start, end), type: 'number', key: `n:${numberText(bytes, start, end)}`}
}

/** The id as one of the numbers that we give our own calls; NaN, which is none of them, for any other. */
export function ownId(id: MessageId): number {
  return id.type === 'number' ? Number(id.key.slice(2)) : Number.NaN
}

/** The spelling of a number, without a fraction of zeros. Most ids are short whole numbers: those take no detour. */
function numberText(bytes: Buffer, start: number, end: number): string | number {
  let value = 0
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos] as number
    if (!isDigit(byte) || end - start > 15) return bytes.toString('latin1', start, end).replace(/\.0+$/, '')
    value = value * 10 + byte - 0x30
  }
  return value
}

const idName = keyNames('id')

/**
 * The id of a message that was too large to keep, from what is left of it: its beginning and its end. Servers write the
 * id either before the result or last.
 * @param head the first bytes of the message
 * @param tail its last bytes, up to and with the closing brace; empty while the message has not ended
 */
export function recoverId(head: Buffer, tail: Buffer): MessageId | null {
  return idFromHead(head) ?? idFromTail(tail)
}

function idFromHead(head: Buffer): MessageId | null {
  const cursor = new JsonCursor(head)
  if (cursor.peek() !== 0x7b) return null
  cursor.enter()
  while (cursor.nextMember()) {
    const start = cursor.pos
    const isId = matchKey(head, cursor.keyStart, cursor.keyEnd, idName) === 0
    // A value that ends where the head ends may have been cut.
    if (!cursor.skipValue() || cursor.pos >= head.length) return null
    if (isId) return usable(head, start, cursor.pos)
  }
  return null
}

const scalarToEnd =
  /"id"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)((?:\s*,\s*"\w+"\s*:\s*(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*))*)\s*\}\s*$/y

/**
 * An `"id"` with nothing but plain members between it and the last brace stands at the top level. A quote inside a
 * string is escaped, so the text cannot be the inside of one.
 */
function idFromTail(tail: Buffer): MessageId | null {
  const text = tail.toString('latin1')
  for (
    let at = text.lastIndexOf('"id"'), tries = 0;
    at >= 0 && tries < 4;
    at = text.lastIndexOf('"id"', at - 1), tries++
  ) {
    scalarToEnd.lastIndex = at
    const match = scalarToEnd.exec(text)
    if (match?.[1] !== undefined) {
      const start = text.indexOf(match[1], at + 4)
      return usable(tail, start, start + match[1].length)
    }
    if (at === 0) break
  }
  return null
}

function usable(bytes: Buffer, start: number, end: number): MessageId | null {
  const token = bytes.subarray(start, end)
  const closed = token[0] !== 0x22 || stringEnd(token, 0, token.length) === token.length
  const cursor = new JsonCursor(token)
  if (!closed || !cursor.skipValue() || !cursor.atEnd() || !isUtf8(token)) return null
  return readId(token, 0, token.length)
}
