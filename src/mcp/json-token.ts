/**
 * The tokens of JSON (RFC 8259) over bytes. Each function is handed the offset where a token should start and gives the
 * offset behind it, or `~at` (always negative) where `at` is the first byte that breaks the grammar. Offsets stay below
 * 2^31: a message is megabytes at most.
 */
const quote = 0x22
const backslash = 0x5c

/** 1 for bytes that simply belong to a string: everything but the quote, the backslash and control characters. */
const plain = new Uint8Array(256).fill(1, 0x20)
plain[quote] = 0
plain[backslash] = 0

/** 1 for the letters that may follow a backslash alone. */
const shortEscape = new Uint8Array(256)
for (const letter of '"\\/bfnrt') shortEscape[letter.charCodeAt(0)] = 1

/** Behind the white space at `at`, which may be none. */
export function spaceEnd(bytes: Uint8Array, at: number, end: number): number {
  let pos = at
  while (pos < end) {
    const byte = bytes[pos] as number
    if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break
    pos++
  }
  return pos
}

/** Behind the closing quote of the string whose opening quote stands at `open`. UTF-8 is not looked at. */
export function stringEnd(bytes: Uint8Array, open: number, end: number): number {
  let pos = open + 1
  for (;;) {
    // Four at a time: most of a large message is the inside of strings.
    while (
      pos + 4 <= end &&
      (plain[bytes[pos] as number] as number) &
        (plain[bytes[pos + 1] as number] as number) &
        (plain[bytes[pos + 2] as number] as number) &
        (plain[bytes[pos + 3] as number] as number)
    )
      pos += 4
    while (pos < end && plain[bytes[pos] as number] === 1) pos++
    if (pos >= end) return ~end
    const byte = bytes[pos]
    if (byte === quote) return pos + 1
    if (byte !== backslash) return ~pos
    pos = escapeEnd(bytes, pos, end)
    if (pos < 0) return pos
  }
}

/** Lone surrogates are let through, as JSON.parse does. */
function escapeEnd(bytes: Uint8Array, at: number, end: number): number {
  if (at + 1 >= end) return ~end
  const letter = bytes[at + 1] as number
  if (shortEscape[letter] === 1) return at + 2
  if (letter !== 0x75) return ~(at + 1)
  for (let pos = at + 2; pos < at + 6; pos++) {
    if (pos >= end) return ~end
    if (!isHex(bytes[pos] as number)) return ~pos
  }
  return at + 6
}

/** Behind the number at `at`: no leading zero or plus, a digit on both sides of the point and behind the exponent. */
export function numberEnd(bytes: Uint8Array, at: number, end: number): number {
  let pos = bytes[at] === 0x2d ? at + 1 : at
  if (pos < end && bytes[pos] === 0x30) pos++
  else {
    pos = digitsEnd(bytes, pos, end)
    if (pos < 0) return pos
  }
  if (pos < end && bytes[pos] === 0x2e) {
    pos = digitsEnd(bytes, pos + 1, end)
    if (pos < 0) return pos
  }
  if (pos < end && ((bytes[pos] as number) | 0x20) === 0x65) {
    pos++
    if (pos < end && (bytes[pos] === 0x2b || bytes[pos] === 0x2d)) pos++
    return digitsEnd(bytes, pos, end)
  }
  return pos
}

function digitsEnd(bytes: Uint8Array, at: number, end: number): number {
  let pos = at
  while (pos < end && isDigit(bytes[pos] as number)) pos++
  return pos === at ? ~pos : pos
}

const literals: ReadonlyMap<number, Uint8Array> = new Map(
  ['true', 'false', 'null'].map(word => [word.charCodeAt(0), Buffer.from(word)]),
)

/** Behind `true`, `false` or `null`. */
export function literalEnd(bytes: Uint8Array, at: number, end: number): number {
  const word = at < end ? literals.get(bytes[at] as number) : undefined
  if (word === undefined) return ~at
  for (let i = 1; i < word.length; i++) {
    if (at + i >= end || bytes[at + i] !== word[i]) return ~Math.min(at + i, end)
  }
  return at + word.length
}

/** Behind the colon of the member whose key stands at `at` (behind white space). */
export function keyEnd(bytes: Uint8Array, at: number, end: number): number {
  const open = spaceEnd(bytes, at, end)
  if (open >= end || bytes[open] !== quote) return ~open
  const close = stringEnd(bytes, open, end)
  if (close < 0) return close
  return colonEnd(bytes, close, end)
}

/** Behind the colon that follows a key. */
export function colonEnd(bytes: Uint8Array, at: number, end: number): number {
  const pos = spaceEnd(bytes, at, end)
  return pos < end && bytes[pos] === 0x3a ? pos + 1 : ~pos
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function isHex(byte: number): boolean {
  const lower = byte | 0x20
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66)
}
