import {codeTitle} from '../diagnostics/explain/codes.ts'
import {codeText, type Explained, type MessageEntry} from '../diagnostics/explain/entry.ts'
import type {Explanation} from '../diagnostics/explain/explain.ts'
import {wrap} from '../diagnostics/wrap.ts'
import {safeText} from '../shared/safe-text.ts'
import type {Paint} from './style.ts'

export interface ExplainTextOptions {
  readonly width: number
  readonly paint: Paint
}

const manual = 'docs/troubleshooting.md'

/** An explanation for a person; the first line says it, commands can be copied from their lines. */
export function explanationText(explanation: Explanation, options: ExplainTextOptions): readonly string[] {
  const {width, paint} = options
  switch (explanation.kind) {
    case 'code': {
      const {entry} = explanation
      return [paint('strong', codeTitle(entry)) + paint('quiet', `  (${entry.origin})`), ...body(entry, options)]
    }
    case 'range':
      return [
        ...wrap(`${explanation.code}: ${explanation.meaning}`, width),
        ...explanation.near.map(near => `  did you mean ${near}?`),
        '',
        'what the server or program that sent it says about it stands beside it:',
        '  $ only1mcp explain REQUEST_ID',
      ]
    case 'check': {
      const {id, title, text} = explanation.check
      return [paint('strong', `${id}: ${title}`), '', ...text.split('\n'), '', `  $ only1mcp doctor ${id}`]
    }
    case 'checks':
      return [...explanation.checks.map(({id, title}) => `${id}  ${title}`), '', '  $ only1mcp explain ID']
    case 'message':
      return messageLines(explanation, options)
    case 'none':
      return [
        'nothing is known of this',
        ...explanation.near.map(near => `did you mean ${near}?`),
        '',
        'what to do next:',
        '  $ only1mcp explain --list        # everything that can be explained',
        '  $ only1mcp doctor                # looks for what is wrong by itself',
        '  $ only1mcp explain REQUEST_ID    # from error.data.requestId, the X-Request-Id header or a log line',
      ]
  }
}

function messageLines(
  {matches, codes, pasted, cut}: Extract<Explanation, {kind: 'message'}>,
  options: ExplainTextOptions,
): string[] {
  const {paint, width} = options
  const lines: string[] = []
  const [first, ...others] = matches
  const [code] = codes
  if (first !== undefined) {
    lines.push(`${paint('strong', first.entry.title)}${paint('quiet', `  (${first.sure}: by "${first.by}")`)}`)
    lines.push(...body(first.entry, options))
  } else if (code !== undefined) lines.push(paint('strong', codeTitle(code)), ...body(code, options))
  const told = [
    pasted.blame === null ? [] : [`it says itself: the fault is of ${pasted.blame}`],
    pasted.evidence === null ? [] : [`its evidence: ${safeText(pasted.evidence, {max: 500})}`],
    pasted.serverId === null
      ? []
      : [`look at that server: only1mcp health check ${safeText(pasted.serverId, {max: 100})}`],
    pasted.requestId === null
      ? []
      : [`the story of that request: only1mcp explain ${safeText(pasted.requestId, {max: 100})}`],
    cut ? ['the text is very long: not all of it was looked at'] : [],
  ].flat()
  if (told.length > 0) lines.push('', ...told)
  const also = [
    ...(first === undefined ? codes.slice(1) : codes).map(each => [codeText(each), 'certain', each.name]),
    ...others.map(({entry, sure}) => [entry.id, sure, entry.title]),
  ]
  if (also.length > 0) {
    lines.push('', 'also, in the order of how well they fit:')
    for (const [id, sure, title] of also) lines.push(`  ${id}  (${sure})  ${title}`)
    lines.push(...wrap('each of them: only1mcp explain "ID"', width))
  }
  return lines
}

function body(entry: Explained | MessageEntry, {width, paint}: ExplainTextOptions): string[] {
  const codes = 'codes' in entry && entry.codes !== undefined ? [`comes with: ${entry.codes.join(', ')}`] : []
  const blame = entry.blame.length === 0 ? [] : [`normally to blame: ${entry.blame.join(', then ')}`]
  return [
    ...wrap(entry.meaning, width),
    '',
    ...codes,
    ...blame,
    'causes, the likeliest first:',
    ...entry.causes.flatMap(cause => indented(`- ${cause}`, width)),
    'what to do:',
    ...entry.next.map(command => `  $ ${command}`),
    'looks like:',
    ...entry.example.split('\n').map(line => paint('quiet', `  ${line}`)),
    paint('quiet', `read: ${manual}#${entry.docs}`),
  ]
}

function indented(text: string, width: number): string[] {
  return wrap(text, width - 4).map((line, at) => (at === 0 ? `  ${line}` : `    ${line}`))
}
