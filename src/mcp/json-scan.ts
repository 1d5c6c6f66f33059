import {isUtf8} from 'node:buffer'
import {colonEnd, isDigit, keyEnd, literalEnd, numberEnd, spaceEnd, stringEnd} from './json-token.ts'

/** Where a value stands in its bytes: its first byte, and the one behind its last. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Containers inside each other that are still taken. Far above any real message, far below what breaks JSON.stringify. */
export const defaultMaxDepth = 512

const quote = 0x22
const comma = 0x2c
const minus = 0x2d
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

/** Kinds of the open containers, outermost first; shared, since a step is never interrupted. */
const shallowStack = new Uint8Array(1024)

/**
 * Walks JSON bytes without building values and without recursion. It takes exactly what JSON.parse takes (UTF-8 and a
 * byte order mark aside, see `checkJson`). A step that gives false has come to the end of its container, or upon a
 * fault: then `failed` is true and `pos` is the first byte that breaks the grammar.
 *
 * Depth never stops the walk: it is noted in `tooDeep`, so that a document which is also malformed is called that, and
 * the id of a deep one can still be found.
 *
 * @example
 * const cursor = new JsonCursor(bytes)
 * if (cursor.peek() === 0x7b) cursor.enter()
 * while (cursor.nextMember()) cursor.skipValue() // its key stands at cursor.keyStart
 */
export class JsonCursor {
  readonly bytes: Uint8Array
  readonly end: number
  readonly maxDepth: number
  pos: number
  /** Containers that were entered and not yet left. */
  depth = 0
  tooDeep = false
  failed = false
  /** The key that `nextMember` came upon, its quotes included. */
  keyStart = 0
  keyEnd = 0
  #fresh = false

  constructor(bytes: Uint8Array, start = 0, end = bytes.length, maxDepth = defaultMaxDepth) {
    this.bytes = bytes
    this.pos = start
    this.end = end
    this.maxDepth = maxDepth
  }

  /** The byte at which the next token starts, 0 at the end. */
  peek(): number {
    this.pos = spaceEnd(this.bytes, this.pos, this.end)
    return this.pos < this.end ? (this.bytes[this.pos] as number) : 0
  }

  /** Steps into the object or array that starts here. The caller has peeked. */
  enter(): void {
    this.pos++
    this.depth++
    if (this.depth > this.maxDepth) this.tooDeep = true
    this.#fresh = true
  }

  /** The next member of the object that was entered: its key is noted, `pos` stands at its value. */
  nextMember(): boolean {
    if (!this.#next(closeBrace)) return false
    const open = spaceEnd(this.bytes, this.pos, this.end)
    if (open >= this.end || this.bytes[open] !== quote) return this.#fail(open)
    const close = stringEnd(this.bytes, open, this.end)
    if (close < 0) return this.#fail(~close)
    const value = colonEnd(this.bytes, close, this.end)
    if (value < 0) return this.#fail(~value)
    this.keyStart = open
    this.keyEnd = close
    this.pos = spaceEnd(this.bytes, value, this.end)
    return true
  }

  /** The next element of the array that was entered: `pos` stands at it. */
  nextElement(): boolean {
    if (!this.#next(closeBracket)) return false
    this.peek()
    return true
  }

  /** Steps over one whole value, whatever is inside it. */
  skipValue(): boolean {
    const {bytes, end} = this
    const room = this.maxDepth - this.depth
    let stack = shallowStack
    let level = 0
    let inObject = 0
    let pos = this.pos
    for (;;) {
      pos = spaceEnd(bytes, pos, end)
      const first = pos < end ? (bytes[pos] as number) : 0
      if (first === quote) pos = stringEnd(bytes, pos, end)
      else if (first === openBrace || first === openBracket) {
        if (level === stack.length) stack = grown(stack)
        stack[level++] = inObject
        if (level > room) this.tooDeep = true
        inObject = first === openBrace ? 1 : 0
        pos = spaceEnd(bytes, pos + 1, end)
        if (pos < end && bytes[pos] === first + 2) {
          // Empty: each closing bracket is two above its opening one in ASCII.
          inObject = stack[--level] as number
          pos++
        } else {
          if (inObject === 1) pos = keyEnd(bytes, pos, end)
          if (pos < 0) return this.#fail(~pos)
          continue
        }
      } else if (first === minus || isDigit(first)) pos = numberEnd(bytes, pos, end)
      else pos = literalEnd(bytes, pos, end)
      if (pos < 0) return this.#fail(~pos)

      while (level > 0) {
        pos = spaceEnd(bytes, pos, end)
        const after = pos < end ? (bytes[pos] as number) : 0
        if (after === comma) {
          pos = inObject === 1 ? keyEnd(bytes, pos + 1, end) : pos + 1
          if (pos < 0) return this.#fail(~pos)
          break
        }
        if (after !== (inObject === 1 ? closeBrace : closeBracket)) return this.#fail(pos)
        inObject = stack[--level] as number
        pos++
      }
      if (level === 0) {
        this.pos = pos
        return true
      }
    }
  }

  /** Whether nothing but white space is left. */
  atEnd(): boolean {
    this.pos = spaceEnd(this.bytes, this.pos, this.end)
    return this.pos >= this.end || this.#fail(this.pos)
  }

  /** What is wrong at `pos`, for people. */
  describe(): string {
    const {bytes, pos} = this
    if (pos >= this.end) return `the text ends too early, at byte ${pos}`
    if (pos === 0 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf)
      return 'the text starts with a byte order mark'
    const byte = bytes[pos] as number
    const shown =
      byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `0x${byte.toString(16).padStart(2, '0')}`
    return `unexpected ${shown} at byte ${pos}`
  }

  /** Over the comma to the next item, or over the closing bracket and out. */
  #next(close: number): boolean {
    const byte = this.peek()
    const fresh = this.#fresh
    this.#fresh = false
    if (byte === close) {
      this.pos++
      this.depth--
      return false
    }
    if (fresh) return true
    if (byte !== comma) return this.#fail(this.pos)
    this.pos++
    return true
  }

  #fail(at: number): false {
    this.pos = at
    this.failed = true
    return false
  }
}

export type JsonFault = 'malformed' | 'too-deep' | 'invalid-utf8'

/**
 * Whether the bytes are one JSON document in UTF-8, without a byte order mark and not too deep.
 * @returns null when they are. Of several faults the first of invalid-utf8, malformed, too-deep is named.
 */
export function checkJson(bytes: Uint8Array, maxDepth = defaultMaxDepth): {fault: JsonFault; why: string} | null {
  if (!isUtf8(bytes)) return {fault: 'invalid-utf8', why: 'the text is not UTF-8'}
  const cursor = new JsonCursor(bytes, 0, bytes.length, maxDepth)
  if (!cursor.skipValue() || !cursor.atEnd()) return {fault: 'malformed', why: cursor.describe()}
  if (cursor.tooDeep) return {fault: 'too-deep', why: `too deep: more than ${maxDepth} levels`}
  return null
}

function grown(stack: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(stack.length * 4)
  larger.set(stack)
  return larger
}
