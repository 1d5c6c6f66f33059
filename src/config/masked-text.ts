import {safeText} from '../shared/safe-text.ts'
import {secretSpans} from './secret-spans.ts'
import {parseYaml} from './yaml-source.ts'

const mask = '‹secret›'

/** The lines of a file, fit for a terminal, its secrets masked; as many as it has. */
export function maskedLines(text: string): string[] {
  const {source, fault} = parseYaml(text)
  let shown = ''
  let offset = 0
  for (const {start, end} of secretSpans(source, fault === undefined)) {
    // A secret over several lines stays as many lines.
    const lines = text.slice(start, end).split('\n')
    shown += text.slice(offset, start) + lines.map((line, i) => (line.trim() === '' && i > 0 ? '' : mask)).join('\n')
    offset = end
  }
  return (shown + text.slice(offset))
    .split('\n')
    .map(line => safeText(line.replace(/\r$/, '').replaceAll('\t', '    ')))
}
