/**
 * How many terminal cells text takes. Only for text that was made safe: control characters count as one.
 * Source of the ranges: Unicode 16 EastAsianWidth W and F, joined over unassigned gaps; emoji come from the engine.
 */
const wideRanges = [
  0x1100, 0x115f, 0x2329, 0x232a, 0x2630, 0x2637, 0x268a, 0x268f, 0x2e80, 0x303e, 0x3041, 0x3247, 0x3250, 0xa4c6,
  0xa960, 0xa97c, 0xac00, 0xd7a3, 0xf900, 0xfaff, 0xfe10, 0xfe19, 0xfe30, 0xfe6b, 0xff01, 0xff60, 0xffe0, 0xffe6,
  0x16fe0, 0x1b2fb, 0x1d300, 0x1d376, 0x1f200, 0x1f320, 0x20000, 0x3fffd,
]
const regionalIndicators = [0x1f1e6, 0x1f1ff] as const
const emoji = /^\p{Emoji_Presentation}$/u
const zeroWidth = /^[\p{M}\p{Cf}]$/u
const notAscii = /[^\u0020-\u007e]/

const known = new Map<number, 0 | 1 | 2>()

/** The cells of one code point: 0 for combining marks, 2 for wide ones. */
export function charWidth(codePoint: number): 0 | 1 | 2 {
  if (codePoint < 0x300) return 1
  const cached = known.get(codePoint)
  if (cached !== undefined) return cached
  const char = String.fromCodePoint(codePoint)
  const width = zeroWidth.test(char) ? 0 : isWide(codePoint, char) ? 2 : 1
  if (known.size < 20_000) known.set(codePoint, width)
  return width
}

export function textWidth(text: string): number {
  if (!notAscii.test(text)) return text.length
  let width = 0
  for (const char of text) width += charWidth(char.codePointAt(0) ?? 0)
  return width
}

/** As much of the text's start as fits into `cells`. */
export function cutText(text: string, cells: number): string {
  if (cells <= 0) return ''
  if (!notAscii.test(text)) return text.slice(0, cells)
  let width = 0
  let end = 0
  for (const char of text) {
    width += charWidth(char.codePointAt(0) ?? 0)
    if (width > cells) break
    end += char.length
  }
  return text.slice(0, end)
}

function isWide(codePoint: number, char: string): boolean {
  for (let i = 0; i < wideRanges.length; i += 2) {
    if (codePoint < (wideRanges[i] ?? 0)) break
    if (codePoint <= (wideRanges[i + 1] ?? 0)) return true
  }
  if (codePoint >= regionalIndicators[0] && codePoint <= regionalIndicators[1]) return false
  return emoji.test(char)
}
