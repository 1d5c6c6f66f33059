declare const safe: unique symbol

/** Text that may go to a terminal: no control, bidi or invisible character is left in it. Made only by `safeText`. */
export type SafeText = string & {readonly [safe]: true}

export interface SafeTextOptions {
  /** Longest result in UTF-16 units, the ellipsis included. Default 4096. */
  readonly max?: number
  /** `^[` instead of the symbol for ESC, for terminals that do not speak UTF-8. */
  readonly ascii?: boolean
}

// Bidirectional overrides and isolates, zero-width and invisible characters, line separators, tag characters, lone
// surrogates, and unassigned-by-design ones: shown as <U+202E>, since a reader must see that they are there.
const invisible =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: single code points are meant, marks included
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb]|\p{Surrogate}|[\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu
const control = /[\u0000-\u001f\u007f-\u009f]/g
const manyMarks = /(\p{M}{3})\p{M}+/gu
const suspicious = /[^\u0020-\u007e]/

/**
 * Makes text of unknown origin (a client, a backend, a log, a file name, a process list) fit for a terminal. Nothing is
 * hidden: control characters become their symbols (ESC as ␛), invisible ones `<U+200B>`. Idempotent.
 * Source of the payload list: terminal escape injection (CVE-2021-25743 and its kin).
 */
export function safeText(text: string, options: SafeTextOptions = {}): SafeText {
  const max = options.max ?? 4096
  const cut = cutTo(text, max)
  if (!suspicious.test(cut)) return cut as SafeText
  const shown = cut
    .normalize('NFC')
    .replace(control, char => controlPicture(char.charCodeAt(0), options.ascii === true))
    .replace(invisible, char => `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`)
    .replace(manyMarks, '$1')
  // What is shown as `<U+200B>` has grown.
  return cutTo(shown, max) as SafeText
}

/** Never between the halves of a pair: the first alone would be shown as broken. */
function cutTo(text: string, max: number): string {
  if (text.length <= max) return text
  const last = text.charCodeAt(max - 2)
  return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 2 : max - 1)}…`
}

function controlPicture(code: number, ascii: boolean): string {
  if (code > 0x7f) return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
  if (ascii) return code === 0x7f ? '^?' : `^${String.fromCharCode(code + 0x40)}`
  return code === 0x7f ? '\u2421' : String.fromCharCode(0x2400 + code)
}
