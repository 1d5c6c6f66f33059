// East Asian wide and full-width blocks and pictographs, by Unicode 16 EastAsianWidth; coarse, for carets only.
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const zero = /\p{Mn}|\p{Me}|\u200d|\ufe0f/u
let graphemes: Intl.Segmenter | undefined // made late: it costs a start 8 ms

/** How many columns of a terminal a piece of safe text takes. */
export function displayWidth(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  graphemes ??= new Intl.Segmenter('en', {granularity: 'grapheme'})
  for (const {segment} of graphemes.segment(text)) {
    const first = String.fromCodePoint(segment.codePointAt(0) ?? 0)
    if (wide.test(first) || segment.includes('\ufe0f')) width += 2
    else if (!zero.test(first)) width += 1
  }
  return width
}
