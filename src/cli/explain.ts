import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import {explanationJson} from './explain-json.ts'
import {explanationText} from './explain-text.ts'
import {printJson, printLine} from './output.ts'
import {paintFor} from './style.ts'

export interface ExplainRequest {
  /** As given; `-` for stdin. */
  readonly words: readonly string[]
  readonly configFlag: string | undefined
  readonly json: boolean
}

const mostStdin = 4 * 1024 * 1024

/** Explains one thing and sets the exit status: 1 where nothing is known of it. @throws AppError */
export async function explainThing({words, configFlag, json}: ExplainRequest): Promise<void> {
  const query = words.length === 1 && words[0] === '-' ? await stdinText() : words.join(' ')
  if (query.trim() === '')
    throw new AppError('NOTHING_TO_EXPLAIN', 'there is nothing to explain', {
      fix: 'Name a code, a check, a message or a request: only1mcp explain -32002. All there is: only1mcp explain --list',
      exitCode: exitCode.usage,
    })
  const {readSubject} = await import('../diagnostics/explain/subject.ts')
  const subject = readSubject(query)
  if (subject.kind === 'request' || subject.kind === 'trace') {
    const {tellStory} = await import('./explain-story.ts')
    return tellStory({subject, configFlag, json})
  }
  const {explain} = await import('../diagnostics/explain/explain.ts')
  const explanation = explain(subject)
  if (explanation.kind === 'none') process.exitCode = exitCode.findings
  if (json) return printJson(explanationJson(query, explanation))
  const options = {width: process.stdout.columns || 80, paint: paintFor(process.stdout, process.env)}
  for (const line of explanationText(explanation, options)) printLine(line)
}

/** The beginning of stdin; a longer one is read to its end, so that whoever writes it is not cut off. */
async function stdinText(): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    if (size < mostStdin) chunks.push(chunk.subarray(0, mostStdin - size))
    size += chunk.length
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** All that can be explained, a line each. */
export async function listExplanations(json: boolean): Promise<void> {
  const [{codes}, {codeText}, {messages}, {allChecks}] = await Promise.all([
    import('../diagnostics/explain/codes.ts'),
    import('../diagnostics/explain/entry.ts'),
    import('../diagnostics/explain/messages.ts'),
    import('../diagnostics/find-check.ts'),
  ])
  const list = {
    kind: 'list',
    codes: codes.map(each => ({code: codeText(each), name: each.name})),
    messages: messages.map(({id, title}) => ({id, title})),
    checks: allChecks.map(({id, title}) => ({id, title})),
  }
  if (json) return printJson(list)
  for (const {code, name} of list.codes) printLine(`${code.padEnd(9)} ${name}`)
  for (const part of [list.messages, list.checks]) {
    printLine()
    const width = Math.max(...part.map(({id}) => id.length))
    for (const {id, title} of part) printLine(`${id.padEnd(width)}  ${title}`)
  }
}
