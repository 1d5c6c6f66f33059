import {secretSpans} from './secret-spans.ts'
import {spliced} from './splice.ts'
import type {YamlSource} from './yaml-source.ts'

/** The text of a file as it may be shown: its secrets masked, line breaks kept. */
export function maskedText(source: YamlSource): string {
  const spans = secretSpans(source, true)
  return spliced(
    source.text,
    spans.map(({start, end}) => ({start, end, text: maskLines(source.text.slice(start, end))})),
  )
}

function maskLines(text: string): string {
  return text
    .split('\n')
    .map(line => (line.trim() === '' ? line : '‹secret›'))
    .join('\n')
}
