/**
 * A strict JSON walker over bytes (RFC 8259): it validates and finds places, and builds no values, so that what is passed
 * on stays byte for byte. Iterative: depth costs a byte of memory a level, never the stack. UTF-8 is the caller's check.
 */

/** A place in a buffer: `bytes.subarray(start, end)`. */
export interface Span {
  readonly start: number
  readonly end: number
}

/** Returned where the text is not JSON. */
export const malformed = -1

const quote = 0x22
const backslash = 0x5c
const openObject = 0x7b
const closeObject = 0x7d
const openArray = 0x5b
const closeArray = 0x5d
const comma = 0x2c
const colon = 0x3a

/** 1 for bytes that end the plain run of a string: quote, backslash, control characters. */
const endsRun = new Uint8Array(256)
for (let byte = 0; byte < 0x20; byte++) endsRun[byte] = 1
endsRun[quote] = 1
endsRun[backslash] = 1

const isHex = new Uint8Array(256)
for (const char of '0123456789abcdefABCDEF') isHex[char.charCodeAt(0)] = 1

const isEscape = new Uint8Array(256)
for (const char of '"\\/bfnrt') isEscape[char.charCodeAt(0)] = 1

/** The first byte at or after `at` that is no white space. */
export function skipSpace(bytes: Uint8Array, at: number): number {
  let i = at
  for (; i < bytes.length; i++) {
    const byte = bytes[i]
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break
  }
  return i
}

/** @param at the opening quote @returns the byte after the closing one, or `malformed` */
export function skipString(bytes: Uint8Array, at: number): number {
  const {length} = bytes
  let i = at + 1
  for (;;) {
    while (i < length && endsRun[bytes[i] as number] === 0) i++
    if (i >= length) return malformed
    const byte = bytes[i]
    if (byte === quote) return i + 1
    if (byte !== backslash) return malformed
    const escaped = bytes[i + 1] ?? 0
    if (isEscape[escaped] === 1) i += 2
    else if (escaped === 0x75 && fourHex(bytes, i + 2)) i += 6
    else return malformed
  }
}

function fourHex(bytes: Uint8Array, at: number): boolean {
  for (let i = at; i < at + 4; i++) if (isHex[bytes[i] ?? 0] !== 1) return false
  return true
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function skipDigits(bytes: Uint8Array, at: number): number {
  let i = at
  while (isDigit(bytes[i])) i++
  return i === at ? malformed : i
}

function skipNumber(bytes: Uint8Array, at: number): number {
  let i = bytes[at] === 0x2d ? at + 1 : at
  i = bytes[i] === 0x30 ? i + 1 : skipDigits(bytes, i)
  if (i === malformed) return malformed
  if (bytes[i] === 0x2e) {
    i = skipDigits(bytes, i + 1)
    if (i === malformed) return malformed
  }
  if (bytes[i] === 0x65 || bytes[i] === 0x45) {
    const sign = bytes[i + 1] === 0x2b || bytes[i + 1] === 0x2d ? 1 : 0
    i = skipDigits(bytes, i + 1 + sign)
  }
  return i
}

function skipWord(bytes: Uint8Array, at: number, word: string): number {
  for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word.charCodeAt(i)) return malformed
  return at + word.length
}

function skipScalar(bytes: Uint8Array, at: number): number {
  const byte = bytes[at]
  if (byte === quote) return skipString(bytes, at)
  if (byte === 0x2d || isDigit(byte)) return skipNumber(bytes, at)
  if (byte === 0x74) return skipWord(bytes, at, 'true')
  if (byte === 0x66) return skipWord(bytes, at, 'false')
  if (byte === 0x6e) return skipWord(bytes, at, 'null')
  return malformed
}

/** From the key's quote to the value's first byte. */
function skipKey(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== quote) return malformed
  const afterKey = skipString(bytes, at)
  if (afterKey === malformed) return malformed
  const i = skipSpace(bytes, afterKey)
  return bytes[i] === colon ? skipSpace(bytes, i + 1) : malformed
}

/** Which kind of container is open at each level: shared by all walks, since a walk never waits. */
let openKinds = new Uint8Array(1024)
let deepest = 0

/** How deep the last `skipValue` went: 0 for a scalar, 1 for a flat object. */
export function lastDepth(): number {
  return deepest
}

/** @param at the value's first byte @returns the byte after it, or `malformed` */
export function skipValue(bytes: Uint8Array, at: number): number {
  let depth = 0
  let i = at
  deepest = 0
  for (;;) {
    const byte = bytes[i]
    if (byte === openObject || byte === openArray) {
      if (depth === openKinds.length) openKinds = grown(openKinds)
      openKinds[depth++] = byte
      if (depth > deepest) deepest = depth
      i = skipSpace(bytes, i + 1)
      if (bytes[i] !== (byte === openObject ? closeObject : closeArray)) {
        if (byte === openObject) i = skipKey(bytes, i)
        if (i === malformed) return malformed
        continue
      }
      depth--
      i++
    } else {
      i = skipScalar(bytes, i)
      if (i === malformed) return malformed
    }
    // A value has ended: close what ends with it, and go to the next one.
    for (;;) {
      if (depth === 0) return i
      i = skipSpace(bytes, i)
      const next = bytes[i]
      const inObject = openKinds[depth - 1] === openObject
      if (next === comma) {
        i = skipSpace(bytes, i + 1)
        if (inObject) i = skipKey(bytes, i)
        if (i === malformed) return malformed
        break
      }
      if (next !== (inObject ? closeObject : closeArray)) return malformed
      depth--
      i++
    }
  }
}

function grown(kinds: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(kinds.length * 2)
  larger.set(kinds)
  return larger
}

/**
 * Walks the members of an object.
 * @param at the opening brace
 * @param onMember is given the key with its quotes and the value's start, and returns the byte after the value (from
 * `skipValue`, or a walk of its own), `malformed`, or `stop`
 * @returns the byte after the closing brace, `malformed`, or `stop`
 */
export function walkObject(
  bytes: Uint8Array,
  at: number,
  onMember: (keyStart: number, keyEnd: number, valueStart: number) => number,
): number {
  let i = skipSpace(bytes, at + 1)
  if (bytes[i] === closeObject) return i + 1
  for (;;) {
    if (bytes[i] !== quote) return malformed
    const keyStart = i
    const keyEnd = skipString(bytes, i)
    if (keyEnd === malformed) return malformed
    i = skipSpace(bytes, keyEnd)
    if (bytes[i] !== colon) return malformed
    i = onMember(keyStart, keyEnd, skipSpace(bytes, i + 1))
    if (i < 0) return i
    i = skipSpace(bytes, i)
    if (bytes[i] === closeObject) return i + 1
    if (bytes[i] !== comma) return malformed
    i = skipSpace(bytes, i + 1)
  }
}

/** Walks the elements of an array, as `walkObject`. @param at the opening bracket */
export function walkArray(bytes: Uint8Array, at: number, onElement: (start: number) => number): number {
  let i = skipSpace(bytes, at + 1)
  if (bytes[i] === closeArray) return i + 1
  for (;;) {
    i = onElement(i)
    if (i < 0) return i
    i = skipSpace(bytes, i)
    if (bytes[i] === closeArray) return i + 1
    if (bytes[i] !== comma) return malformed
    i = skipSpace(bytes, i + 1)
  }
}

/** For `onMember` and `onElement`: enough seen. */
export const stop = -2

/** The text of a string token, its quotes included in the span. */
export function stringToken(bytes: Buffer, start: number, end: number): string {
  const raw = bytes.toString('utf8', start + 1, end - 1)
  return raw.includes('\\') ? (JSON.parse(`"${raw}"`) as string) : raw
}
