/** Names that a key is compared with; up to 16, plain lower-case ASCII. */
export type KeyNames = readonly Uint8Array[]

export const noKey = -1
/** Added to a name's number when the key is that name in another spelling, which a sloppy reader would take for it. */
export const variant = 16

export function keyNames(...names: readonly string[]): KeyNames {
  return names.map(name => Buffer.from(name))
}

/**
 * Which of the names the key between `start` and `end` (quotes included) is, by its number: the name itself, however it
 * is escaped, or plus `variant` when only case tells them apart. Some JSON readers (Go's) ignore case, also for the long
 * s and the Kelvin sign: a second `Method` is as good as a second `method` to smuggle one call past a policy as another.
 */
export function matchKey(bytes: Buffer, start: number, end: number, names: KeyNames): number {
  const first = start + 1
  const length = end - start - 2
  for (let number = 0; number < names.length; number++) {
    const name = names[number] as Uint8Array
    if (name.length !== length) continue
    let same = true
    let i = 0
    for (; i < length; i++) {
      const byte = bytes[first + i] as number
      if (byte === name[i]) continue
      same = false
      if (byte < 0x41 || byte > 0x5a || byte + 0x20 !== name[i]) break
    }
    if (same) return number
    if (i === length) return number + variant
  }
  for (let pos = first; pos < end - 1; pos++) {
    const byte = bytes[pos] as number
    if (byte === 0x5c || byte > 0x7f) return matchText(decodeString(bytes, start, end), names)
  }
  return noKey
}

function matchText(key: string, names: KeyNames): number {
  const folded = key.toUpperCase().toLowerCase()
  for (let number = 0; number < names.length; number++) {
    const name = Buffer.from(names[number] as Uint8Array).toString('latin1')
    if (key === name) return number
    if (folded === name) return number + variant
  }
  return noKey
}

/** Whether the string token between `start` and `end` (quotes included) is exactly this text, however it is escaped. */
export function isText(bytes: Buffer, start: number, end: number, key: string): boolean {
  let i = 0
  for (let pos = start + 1; pos < end - 1; pos++, i++) {
    const byte = bytes[pos] as number
    if (byte === 0x5c || byte > 0x7f) return decodeString(bytes, start, end) === key
    if (byte !== key.charCodeAt(i)) return false
  }
  return i === key.length
}

/** The text of a valid JSON string token; the range has its quotes in it. */
export function decodeString(bytes: Buffer, start: number, end: number): string {
  const text = bytes.toString('utf8', start + 1, end - 1)
  return text.includes('\\') ? (JSON.parse(`"${text}"`) as string) : text
}
