import {safeText} from '../shared/safe-text.ts'

/** Text of unknown origin for a file that others read: no control characters, one line, bounded. */
export function inOneLine(text: string): string {
  return safeText(text, {max: 2000}).toWellFormed()
}
